"""What is written beside results, and reading it again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import (
    canonical_json,
    changes,
    commit,
    identity,
    machine,
    provenance,
    read_provenance,
    versions,
)
from supportnet.sim.scenario.scenario import Scenario
from tests.small import small

LABELS = {"name": "today", "title": "Today", "assumes": "nothing"}


def plan(scenario: Scenario, record: Sequence[str] = (), every: int = 0) -> RunPlan:
    return RunPlan.of(scenario, 3, record=record, every=every, uncertainty="none")


def request(**changed: Any) -> dict[str, Any]:
    return {**plan(small()).request, **changed}


@pytest.fixture
def told(tmp_path: Path) -> Path:
    path = tmp_path / "provenance.json"
    path.write_text(json.dumps(provenance(request(), LABELS)))
    return path


def test_canonical_json__is_one_text_for_one_content() -> None:
    assert canonical_json({"b": 1.0, "a": ["é", None]}) == canonical_json({"a": ["é", None], "b": 1.0})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


def test_identity__changes_with_all_that_affects_results() -> None:
    known = identity(request())
    assert len(known) == 64
    changed = (
        {"seed": 2},
        {"replicates": [0, 1]},
        {"code": "other"},
        {"record": ["people"]},
        {"scenario": small(services__caseload=24).canonical()},
        {"parameters": {**request()["parameters"], "bond.trust_gain": 0.13}},
    )
    assert len({known, *(identity(request(**change)) for change in changed)}) == len(changed) + 1


def test_identity__does_not_change_with_the_scenarios_name(tmp_path: Path) -> None:
    path = tmp_path / "copy.toml"
    path.write_text('based_on = "today"\ntitle = "Another name"\n')
    copy = Scenario.load(path, {"population.patients": 60, "weeks": 26})
    assert plan(copy).identity == identity(request())


def test_a_plan__names_each_table_once__and_no_weeks_beyond_the_last() -> None:
    assert plan(small(), ["ties", "people", "ties"], 900).record == ("people", "ties")
    assert plan(small(), ["ties"], 900) == plan(small(), ["ties"])


def test_provenance__holds_everything_that_is_needed(told: Path) -> None:
    content = json.loads(told.read_text())
    assert content["scenario"] == small().canonical()
    assert content["parameters"]["bond.trust_gain"] == small().all_parameters.bond.trust_gain
    assert (content["seed"], content["replicates"]) == (1, [0, 1, 2])
    assert {"supportnet", "python", "numpy", "numba"} <= set(content["versions"])
    assert {"architecture", "cpu_features", "c_library"} <= set(content["machine"])
    assert "commit" in content
    assert content["run_identity"] == identity(request())


def test_commit__is_that_of_this_project_or_none() -> None:
    head = Path(__file__).parents[1] / ".git" / "HEAD"
    said = commit()
    assert said is None or (head.exists() and len(said) == 40)


def test_reading__gives_back_what_was_written__from_the_file_or_its_folder(told: Path) -> None:
    assert read_provenance(told) == read_provenance(told.parent) == json.loads(told.read_text())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[1, 2]", "not the provenance of a run"),
        (b'{"a": 1}', "not the provenance of a run"),
        (b'{"a": NaN}', "is not JSON"),
        (b"[" * 5000, "is not JSON"),
    ],
)
def test_what_is_not_provenance__is_a_mistake(told: Path, content: bytes, says: str) -> None:
    told.write_bytes(content)
    with pytest.raises(UserInputError, match=says):
        read_provenance(told)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed": 2}, "was changed"),
        ({"seed": "2"}, "not the provenance of a run"),
        ({"command": "compare"}, "the provenance of a comparison, not of a run"),
        ({"supportnet_provenance": 2}, "not the provenance of a run"),
        ({"versions": None}, "not the provenance of a run"),
        ({"replicates": []}, "not the provenance of a run"),
        ({"run_identity": "0" * 64}, "was changed"),
    ],
)
def test_provenance_that_was_changed__is_a_mistake(told: Path, change: dict[str, Any], says: str) -> None:
    told.write_text(json.dumps(json.loads(told.read_text()) | change))
    with pytest.raises(UserInputError, match=says):
        read_provenance(told)


def test_a_file_that_is_not_there__is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match="cannot be read"):
        read_provenance(tmp_path / "nowhere.json")


def test_changes__are_told_one_by_one() -> None:
    now = {"code": "a", "versions": versions(), "machine": machine()}
    assert changes(now, now) == []
    then = {"code": "b", "versions": versions() | {"numpy": "1.0"}, "machine": machine() | {"cpu_features": []}}
    said = changes(then, now)
    assert len(said) == 3
    assert "1.0 then" in " ".join(said)
