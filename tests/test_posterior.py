"""The file of posterior draws: read as written, weighed, and refused where it is of another model or damaged."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from supportnet.experiments.posterior import posterior as file_of_draws
from supportnet.experiments.posterior.posterior import numbers_set, ranges, read_draws, write_draws
from supportnet.sim.errors import UserInputError
from supportnet.sim.model_identity import meanings
from supportnet.sim.scenario.scenario import Scenario
from tests.damage import damaged
from tests.draws import DRAWS, ship_few_draws

TOLD = {"presets": ["psychosis"], "seed": 1}


def test_draws_are_read_as_they_were_written_and_leave_alone_what_a_scenario_sets(tmp_path: Path) -> None:
    values = pd.DataFrame({"bond.pull": [0.01, 0.05], "help.well_base": [0.5, 1.0]})
    write_draws(tmp_path / "p.parquet", values, TOLD)
    draws = read_draws(tmp_path / "p.parquet")
    assert draws.values.equals(values)
    assert draws.weights.sum() == pytest.approx(1.0)
    assert draws.presets == ["psychosis"]
    today = Scenario.load("today")
    assert draws.scenario_at(1, today).parameters == {"help.well_base": 1.0}
    mine = today.with_values({"bond.pull": 0.05})
    assert draws.scenario_at(0, mine).parameters == {"help.well_base": 0.5}, "be it to its usual value"


def test_posteriors_that_ship__have_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ship_few_draws(monkeypatch, tmp_path)
    other = tmp_path / "evidence" / file_of_draws.NAMED["natural-history"]
    with pytest.raises(UserInputError, match=r"posterior-natural-history\.parquet"):
        read_draws("natural-history")
    write_draws(other, pd.DataFrame({"bond.pull": [0.01, 0.05]}), TOLD)
    write_draws(tmp_path / "evidence" / file_of_draws.SHIPPED, DRAWS, {**TOLD, "evidence": "0123456789abcdef"})
    assert read_draws("natural-history").fitted_to == "natural history"
    assert list(read_draws("natural-history").values) == ["bond.pull"]
    for name in (None, "trials"):
        assert read_draws(name).fitted_to == "natural history and randomised trials"
        assert read_draws(name).values.equals(DRAWS)


def weighted(path: Path, weights: list[float]) -> Path:
    """A file of draws with these weights."""
    write_draws(path, pd.DataFrame({"bond.pull": np.linspace(0.01, 0.02, len(weights))}), TOLD, weights)
    return path


def test_weights_of_draws_count(tmp_path: Path) -> None:
    weights = np.where(np.arange(40) < 20, 3.0, 1.0)
    path = weighted(tmp_path / "p.parquet", list(weights))
    found, plain = read_draws(path), np.linspace(0.01, 0.02, 40)
    lived = [found.numbers_at(draw)["bond.pull"] for draw in range(40)]
    times = np.array([lived.count(value) for value in plain])
    assert (np.abs(times - weights / 2.0) < 1.0).all(), "each as often as its weight says, but for a whole number"
    assert times[:20].sum() == pytest.approx(30, abs=1)
    assert lived != sorted(lived), "those that are lived first stand for all"
    assert set(found.weights) == {1.0 / 40}
    assert read_draws(path).identity == found.identity
    one = read_draws(weighted(tmp_path / "p.parquet", [0.0, 1.0, 0.0]))
    assert set(one.values["bond.pull"]) == {0.015}


def test_equal_weights_leave_draws_as_they_are(tmp_path: Path) -> None:
    path = weighted(tmp_path / "p.parquet", [1.0 / 7] * 7)
    before = np.linspace(0.01, 0.02, 7)
    assert list(read_draws(path).values["bond.pull"]) == list(before)
    assert list(read_draws(weighted(path, [5.0] * 7)).values["bond.pull"]) == list(before)


@pytest.mark.parametrize("weights", [[1.0, -1.0, 2.0], [0.0, 0.0], [1.0, float("nan")], [1.0, float("inf")]])
def test_weights_that_are_none(tmp_path: Path, weights: list[float]) -> None:
    with pytest.raises(UserInputError, match="weights of the draws"):
        read_draws(weighted(tmp_path / "p.parquet", weights))


def test_draws_of_another_model_are_refused_with_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_draws(tmp_path / "p.parquet", pd.DataFrame({"bond.pull": [0.01]}), TOLD)
    changed = {**meanings("model"), "sim/kernels/bond.py": "other"}
    monkeypatch.setattr(file_of_draws, "meanings", lambda part: changed)
    monkeypatch.setattr(file_of_draws, "model_identity", lambda: "other")
    monkeypatch.setattr(file_of_draws, "numbers_set", lambda: {**numbers_set(), "bond.pull": 0.5})
    monkeypatch.setattr(file_of_draws, "ranges", lambda: {**ranges(), "people.skill": [0.0, 99.0]})
    said = r"(?s)code: sim/kernels/bond\.py; value of bond\.pull was .*, is 0\.5; range of people\.skill was 0\.3 "
    said += r"to 0\.8, is 0 to 99'.*leave `posterior` out"
    with pytest.raises(UserInputError, match=said):
        read_draws(tmp_path / "p.parquet")


def told_otherwise(path: Path, **changed: object) -> Path:
    """A file of draws whose provenance has these values instead; None: not at all."""
    write_draws(path, pd.DataFrame({"bond.pull": [0.01]}), TOLD)
    found = pq.read_table(path)
    told = {**json.loads(found.schema.metadata[file_of_draws.METADATA]), **changed}
    told = {name: value for name, value in told.items() if value is not None}
    pq.write_table(found.replace_schema_metadata({file_of_draws.METADATA: json.dumps(told)}), path)
    return path


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"files": None}, "files: Field required"),
        ({"presets": None}, "presets: Field required"),
        ({"ranges": {"bond.pull": [0.0]}}, r"ranges\.bond\.pull"),
        ({"set": []}, "set: "),
        ({"supportnet_posterior": 2}, "supportnet_posterior: Input should be 1"),
    ],
)
def test_a_posterior_that_does_not_say_what_it_must(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    with pytest.raises(UserInputError, match=f"(?s)there is no posterior here.*{said}"):
        read_draws(told_otherwise(tmp_path / "p.parquet", **changed))


@pytest.mark.parametrize("about", [b"{}", b"[]", b"7"])
def test_a_posterior_that_says_nothing(tmp_path: Path, about: bytes) -> None:
    path = told_otherwise(tmp_path / "p.parquet")
    pq.write_table(pq.read_table(path).replace_schema_metadata({file_of_draws.METADATA: about}), path)
    with pytest.raises(UserInputError, match="there is no posterior here"):
        read_draws(path)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pd.Series(["high"]), "text in the column bond.pull"),
        (pd.Series([np.nan]), "bond.pull: not a finite value"),
        (pd.Series([], dtype=float), "no draws in it"),
    ],
)
def test_a_posterior_without_numbers(tmp_path: Path, column: pd.Series, said: str) -> None:
    path = told_otherwise(tmp_path / "p.parquet")
    about = pq.read_table(path).schema.metadata
    table = pd.DataFrame({"bond.pull": column, "weight": np.ones(len(column))})
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(about), path)
    with pytest.raises(UserInputError, match=f"(?s)there is no posterior here.*{said}"):
        read_draws(path)


def test_a_damaged_posterior__gives_no_other_numbers(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    write_draws(path, pd.DataFrame({"bond.pull": np.linspace(0.01, 0.02, 50)}), TOLD)
    whole, refused = read_draws(path), 0
    for what, content in damaged(path.read_bytes(), 60):
        path.write_bytes(content)
        try:
            found = read_draws(path)
        except UserInputError:
            refused += 1
            continue
        assert found.values.equals(whole.values), what
        assert found.metadata == whole.metadata, what
    assert refused > 30


def test_a_posterior_that_is_not_there__is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match="no such file"):
        read_draws(tmp_path / "p.parquet")


@pytest.mark.parametrize("content", [b"", b"not parquet"])
def test_a_file_that_holds_no_draws(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(content)
    with pytest.raises(UserInputError, match="there is no posterior here"):
        read_draws(tmp_path / "p.parquet")
