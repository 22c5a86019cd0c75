"""Constraints in a study or a results folder from somebody else: worked out, never executed, and never for long."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.manifest import MANIFEST, STUDY
from supportnet.experiments.runs.sweep import sweep_study
from supportnet.experiments.study.constraints import condition
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import sealed
from tests.command_line import Supportnet
from tests.effort import effort
from tests.studies import BODY, HEAD, study, study_at

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
PROGRAM = (
    "(services.caseload).__init__.__func__.__globals__.get('sys').modules.get('os').system('touch pwned')"
    " == services.caseload * 0"
)
OTHERS = [
    "services.caseload.__class__.__mro__ == 0",
    "(services.caseload).map(print) == 0",
    "__import__('os').system('touch pwned') == services.caseload",
    "@pd.io.common.os.system('touch pwned') == services.caseload",
    "(lambda: 0)() == services.caseload",
    "[one for one in (1, 2)] == services.caseload",
    "f'{services.caseload}' == 'x'",
    "services.caseload[0] == 1",
    "services.caseload == services.caseload if True else services.caseload",
]
VALUES = {"services.caseload": np.array([10.0, 20.0, 30.0])}
LATIN = BODY.replace('"sobol"', '"latin"')


def with_constraint(said: str) -> str:
    return f"{HEAD}constraints = [{json.dumps(said)}]\n"


@pytest.mark.parametrize("said", [PROGRAM, *OTHERS])
def test_a_constraint__cannot_run_programs(said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserInputError, match=r"is not a condition|is not a factor"):
        condition(said, VALUES, "here").met(VALUES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("study", "check"), ("sweep",), ("sensitivity",), ("calibrate",)])
def test_a_constraint_of_a_study__cannot_run_programs(words: tuple[str, ...], supportnet: Supportnet) -> None:
    study_at(Path(), LATIN, with_constraint(PROGRAM))
    said = supportnet(*words, "mine.toml")
    assert said.code == 2, said.err
    assert "constraints" in said.err
    assert "is not a condition" in said.err
    assert [path.name for path in Path().iterdir()] == ["mine.toml"]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    sweep_study(study(folder, LATIN), folder / "out", engine_of("threads", 1))
    return folder / "out"


@pytest.mark.parametrize("words", [("results",), ("sensitivity",)])
def test_a_constraint_in_a_results_folder__cannot_run_programs(
    words: tuple[str, ...], swept: Path, supportnet: Supportnet
) -> None:
    shutil.copytree(swept, "out")
    told = json.loads(Path("out", MANIFEST).read_text("utf-8"))
    told["file"]["constraints"] = [PROGRAM]
    Path("out", MANIFEST).write_text(json.dumps(sealed(told)), "utf-8")
    Path("out", STUDY).write_text(with_constraint(PROGRAM) + LATIN, "utf-8")
    said = supportnet(*words, "out")
    assert said.code == 2, said.err
    assert "is not a condition" in said.err
    assert [path.name for path in Path().iterdir()] == ["out"]


@pytest.mark.parametrize(
    "said",
    [
        "9**9**9 > services.caseload",
        "services.caseload ** 1e9 > 1",
        "services.caseload < " + "9" * 1500,
        "services.caseload < " + "(" * 900 + "1" + ")" * 900,
        "-" * 1900 + "services.caseload < 1",
        "not " * 400 + "services.caseload < 1",
        "+".join(["services.caseload"] * 105) + " < 1",
        "services.caseload < 1 and " * 100_000 + "services.caseload < 1",
        "x" * 1_000_000,
    ],
)
def test_a_constraint__takes_no_time_whatever_it_says(said: str) -> None:
    def refuse() -> None:
        with pytest.raises(UserInputError) as told:
            condition(said, VALUES, "here").met(VALUES)
        assert len(str(told.value)) < 10_000

    assert effort(refuse) < 25


def test_there_are_at_most_a_hundred_constraints(tmp_path: Path) -> None:
    head = f"{HEAD}constraints = {json.dumps(['services.caseload < 20'] * 101)}\n"
    with pytest.raises(UserInputError, match="at most 100"):
        study(tmp_path, LATIN, head)


@pytest.mark.parametrize(
    ("said", "met"),
    [
        ("12 < a < 25", [False, True, False]),
        ("a < 15 & b == 'x' | a > 25", [True, False, True]),
        ("(a / 10) ** 2 >= 4 and not b == 'y'", [False, False, True]),
        ("-a <= -20 or 1 == 2", [False, True, True]),
        ("on == True", [True, False, True]),
        ("not on", [False, True, False]),
        ("a / 0 > 1", [True, True, True]),
        ("b == 'a'", [False, False, False]),
    ],
)
def test_what_a_constraint_may_say__is_worked_out(said: str, met: list[bool]) -> None:
    values = {
        "a": np.array([10, 20, 30]),
        "b": np.array(["x", "y", "z"], object),
        "on": np.array([True, False, True], object),
    }
    assert condition(said, values, "here").met(values).tolist() == met


@pytest.mark.parametrize("said", ["b < 1", "b * 2 == 'x'", "a and a < 1", "1 < 2", "-b < 1"])
def test_what_makes_no_sense__is_a_mistake(said: str) -> None:
    values = {"a": np.array([10, 20]), "b": np.array(["x", "y"], object)}
    with pytest.raises(UserInputError, match="is not a condition"):
        condition(said, values, "here").met(values)
