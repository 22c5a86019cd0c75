"""A mistake in an argument names the argument in Python, and the option on the command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import supportnet as sn
from tests.command_line import SMALL, Supportnet

FEW = {"replicates": 2, "patients": 30, "weeks": 4}
TREATED = {"replicates": 2, "patients": 120, "places": 20}
RUN = ("run", "today")
COMPARE = ("compare", "today", "befriending")
EXPLAIN = ("explain", "today", "befriending")
TRIAL = ("trial", "befriending")
CALLS = {RUN: FEW, COMPARE: FEW, EXPLAIN: FEW, TRIAL: TREATED}
SHARED = [
    ("replicates", 0, "replicates must be at least 1 (got 0)", "give a number from 1 to"),
    ("seed", -1, "seed must be a whole number from 0 to", ""),
    ("patients", 0, "patients must be a whole number from 1 to 1,000,000 (people) (got 0)", "leave `patients` out"),
    ("workers", 0, "workers must be a whole number from 1 to 1,000 (got 0)", "leave `workers` out"),
    ("uncertainty", "non", "uncertainty must be one of: none, parameters (got 'non')", "did you mean 'none'?"),
]
OWN = {
    RUN: [
        ("weeks", 0, "weeks must be a whole number from 1 to 5,200 (weeks) (got 0)", "leave `weeks` out"),
        ("record", "peple", "record must be one of: people, ties (got 'peple')", "did you mean 'people'?"),
        ("every", -1, "every must be a whole number from 0 up (weeks) (got -1)", "leave `every` out"),
        ("every", 4, "every is given, but nothing is recorded (got 4)", "add `record`, or leave `every` out"),
    ],
    EXPLAIN: [
        ("outcome", "qprs", "outcome must be the name of an outcome (got 'qprs')", "did you mean 'qpr'?"),
        ("over", "mechanism", "over must be one of: mechanisms, ", "did you mean 'mechanisms'?"),
        ("held", "of", "held must be one of: baseline, off (got 'of')", "did you mean 'off'?"),
    ],
    TRIAL: [
        ("entry", "cris", "entry must be one of: ", "did you mean 'crisis'?"),
        ("control", "usual", "control must be one of: usual_care, ", "did you mean 'usual_care'?"),
        ("places", 2, "places must be from 4 to 120, the people in the area (got 2)", "change `places`"),
        ("cut", 28, "cut must be a PHQ-9 score from 0 to 27 (got 28)", "leave `cut` out for 10"),
    ],
}  # fmt: skip
WRONG = [(call, *one) for call in CALLS for one in (*SHARED, *OWN.get(call, []))]


def options(given: Mapping[str, Any]) -> list[str]:
    return [word for name, value in given.items() for word in (f"--{name}", str(value))]


@pytest.mark.parametrize(("call", "argument", "value", "says", "remedy"), WRONG)
def test_an_argument_that_is_wrong__is_named(
    supportnet: Supportnet, call: tuple[str, ...], argument: str, value: Any, says: str, remedy: str
) -> None:
    command, *names = call
    with pytest.raises(ValueError, match=argument) as error:
        getattr(sn, command)(*names, **{**CALLS[call], argument: value})
    assert isinstance(error.value, sn.UserInputError)
    assert str(error.value).startswith(says)
    assert remedy in str(error.value)
    assert "--" not in str(error.value)
    said = supportnet(*call, *options({**CALLS[call], argument: value}))
    assert said.code == 2
    assert said.err.startswith(f"--{says}")
    assert remedy.replace("`", "--", 1).replace(f"--{argument}`", f"--{argument}").partition("`")[0] in said.err


def test_the_mesa_face__names_its_arguments() -> None:
    for wrong in ({"patients": 0}, {"weeks": 0}, {"seed": 0.5}, {"seed": -1}, {"replicate": -1}):
        (argument,) = wrong
        with pytest.raises(sn.UserInputError, match=f"^{argument} must be a whole number"):
            sn.SupportNetwork("today", **wrong)


def test_values__are_those_of_set(supportnet: Supportnet) -> None:
    with pytest.raises(sn.UserInputError) as error:
        sn.run("today", **FEW, values={"services.caselod": 3, "services.turnover": -1})
    shown = str(error.value)
    assert [one.partition(" ")[0] for one in shown.splitlines() if one[0] != " "] == ["values:", "values:"]
    said = supportnet(*RUN, *SMALL, "--set", "services.caselod=3", "--set", "services.turnover=-1")
    assert said.err.strip() == shown.replace("values:", "--set:")


def test_every_set_that_is_no_value__is_named(supportnet: Supportnet) -> None:
    said = supportnet(*RUN, "--set", "services.caseload", "--set", "weeks=5", "--set", "weeks=6")
    assert [one for one in said.err.splitlines() if one[0] != " "] == [
        "--set must be NAME=VALUE (got 'services.caseload')",
        "--set sets weeks a second time (got 'weeks=6')",
    ]


def test_a_remedy__names_options_too(supportnet: Supportnet) -> None:
    with pytest.raises(sn.UserInputError) as error:
        sn.run("today", **FEW, uncertainty="none", posterior="mine.parquet")
    assert str(error.value).startswith('posterior is not used with uncertainty="none"')
    said = supportnet(*RUN, "--uncertainty", "none", "--posterior", "mine.parquet")
    assert said.err.startswith("--posterior is not used with --uncertainty none (got 'mine.parquet')")
    assert "expected: --uncertainty parameters" in said.err


def test_options_of_other_names(supportnet: Supportnet) -> None:
    assert supportnet("sweep", "levers", "--engine", "thread").err.startswith("--engine must be one of: threads")
    assert supportnet("sweep", "levers", "--dask", "tcp://a:1").err.startswith("--dask is only for the engine dask")
    assert "remedy: add --engine dask, or leave --dask out" in supportnet("sweep", "levers", "--dask", "tcp://a:1").err
    assert supportnet("optimise", "--budget", "-1").err.startswith("--budget must be a number from 0 to")
    assert supportnet("study", "check", "levers", "--workers", "0").err.startswith("--workers must be a whole number")
    said = supportnet("optimise", "--budget", "9", "--search-replicates", "1")
    assert said.err.startswith("--search-replicates must be at least")
    assert supportnet("sensitivity", "levers", "--method", "sobl").err.startswith("--method must be one of: ")
    assert supportnet("calibrate", "--rival", "skill_alon").err.startswith("--rival must be one of: ")


def small_study(folder: Path) -> sn.Study:
    text = 'set = { "population.patients" = 9, weeks = 1 }\ndesign = { kind = "sobol", n = 16 }\n'
    (folder / "mine.toml").write_text(f'{text}[factors."services.caseload"]\nlow = 10\nhigh = 40\n')
    return sn.Study.load(folder / "mine.toml")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"method": "sobl"}, "method must be one of: morris, sobol"),
        ({"outcome": "qprs"}, "outcome must be the name of an outcome (got 'qprs')"),
        ({"n": 0}, "n must be a whole number from 1 to"),
        ({"m": 8}, "design must be one of: kind, n, seed, "),
        ({"workers": 0}, "workers must be a whole number"),
    ],
)
def test_an_analysis_from_python__names_its_arguments(tmp_path: Path, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(sn.UserInputError) as error:
        sn.sensitivity(small_study(tmp_path), tmp_path / "out", **{"outcome": "qpr", "workers": 2, **wrong})
    assert str(error.value).startswith(says)


def test_a_finished_sweep__names_its_arguments_too(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    with pytest.raises(sn.UserInputError, match=r"factors must be factors of this study \(got 'services.caselod'\)"):
        study.designed(["services.caselod"])
    with pytest.raises(sn.UserInputError, match="engine must be one of"):
        study.sweep(tmp_path, engine="thread")


def test_names_that_are_unknown__have_a_nearest_one() -> None:
    for call, name in (
        (lambda: sn.run("tody"), "today"),
        (lambda: sn.Study.load("lever"), "levers"),
        (lambda: sn.trial("befrending"), "befriending"),
        (lambda: sn.SupportNetwork("today", caselod=3), "caseload"),
    ):
        with pytest.raises(sn.UserInputError, match=f"did you mean .*{name}'"):
            call()
    with pytest.raises(AttributeError, match="did you mean 'compare'"):
        sn.compar  # noqa: B018
