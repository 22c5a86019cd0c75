"""Arguments of any type: every public function either takes them or raises a UserInputError that names them."""

import inspect
import math
from collections.abc import Callable
from contextlib import suppress
from functools import cache, reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import supportnet as sn
from tests.draws import few_draws
from tests.questions import question_at
from tests.test_docstrings import with_methods
from tests.test_left_out import calibration
from tests.test_what_next import SCENARIOS

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
WRONG = {"int": 3, "None": None, "list": ["x"], "str": "no such thing", "float": 2.5, "nan": math.nan}
PEOPLE: dict[str, Any] = {"patients": 20, "weeks": 2}
FEW: dict[str, Any] = {"replicates": 2, "uncertainty": "none"}
HOURS = {"calibrate", "validate", "what_next"}  # with arguments that are right
UNSEEN = {"UserInputError", "Calibration", "Validation"}  # what is raised, and what takes hours to make
LOADED = {"Scenario": "today", "Study": "levers", "Posterior": ""}
MADE = {"of", "write"}  # from what this project makes
Arguments = dict[str, Any]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Small results of each kind, and the folders that they are saved in, by the name of their class."""
    folder = tmp_path_factory.mktemp("types")
    study = sn.Study.load("levers").designed(["services.caseload", "services.turnover"], n=8)
    study = study.with_values({"population.patients": 20}).uncertain("none")
    made: dict[str, Callable[[], Any]] = {
        "Results": lambda: sn.run("today", record="ties", **PEOPLE, **FEW),
        "Comparison": lambda: sn.compare("today", "befriending", **PEOPLE, **FEW),
        "Explanation": lambda: sn.explain("today", "befriending", over="relationships", **PEOPLE, **FEW),
        "Trial": lambda: sn.trial("befriending", patients=60, places=30, **FEW),
        "Question": lambda: question_at(folder, options=["peers.toml"]),
        "Decision": lambda: sn.decide(made_of("Question"), **PEOPLE, **FEW),
        "CostEffectiveness": lambda: sn.economics(made_of("Comparison")),
        "Portfolios": lambda: sn.optimise(
            1e6, levers=["befriending"], candidates=4, generations=1, search_replicates=2, **PEOPLE, **FEW
        ),
        "Report": lambda: sn.report(saved("Comparison"), ledger=0),
        "Sweep": lambda: study.sweep(folder / "sweep"),
        "Indices": lambda: made_of("Sweep").sensitivity("qpr"),
        "Study": lambda: study,
        "Scenario": lambda: sn.Scenario.load("today"),
        "Posterior": lambda: sn.Posterior.load(few_draws(folder)),
        "SupportNetwork": lambda: sn.SupportNetwork(patients=20, weeks=2),
        "LeftOutPredictions": lambda: sn.left_out(calibration(folder)),
        "ResearchPriorities": lambda: sn.what_next(few_draws(folder), scenarios=SCENARIOS),
    }

    @cache
    def made_of(name: str) -> Any:
        return made[name]() if name in made else None

    @cache
    def saved(name: str) -> Path:
        made_of("Comparison").save(folder / "Comparison")
        where: Path = made_of(name).save(folder / name)
        return where

    return lambda name: saved(name.partition(" ")[0]) if name.endswith(" folder") else made_of(name)


def usual(member: str, here: Callable[[str], Any], folder: Path) -> Arguments:
    """Arguments of a small call that succeeds, of those that have to be given."""
    name, _, method = member.partition(".")
    functions: dict[str, Callable[[], Arguments]] = {
        "run": lambda: {"scenario": "today", **PEOPLE, **FEW},
        "compare": lambda: {"baseline": "today", "others": "befriending", **PEOPLE, **FEW},
        "explain": lambda: {
            "baseline": "today", "other": "befriending", "over": "relationships", **PEOPLE, **FEW
        },
        "trial": lambda: {"programme": "befriending", "patients": 60, "places": 30, **FEW},
        "economics": lambda: {"comparison": here("Comparison")},
        "decide": lambda: {"question": here("Question"), **PEOPLE, **FEW},
        "report": lambda: {"folder": here("Comparison folder"), "ledger": 0},
        "sweep": lambda: {"study": here("Study"), "folder": folder},
        "sensitivity": lambda: {"study": here("Study"), "folder": folder, "outcome": "qpr"},
        "calibrate": lambda: {"study": here("Study"), "folder": folder},
        "optimise": lambda: {
            "budget": 1e6, "levers": ["befriending"], "candidates": 4, "generations": 1, "search_replicates": 2,
            **PEOPLE, **FEW,
        },
        "Scenario": lambda: {"name": "mine", "layers": here("Scenario").layers},
        "SupportNetwork": lambda: dict(PEOPLE),
        "read_networks": lambda: {"path": folder},
    }  # fmt: skip
    methods: dict[str, Callable[[], Arguments]] = {
        "load": lambda: (
            {"folder": here(f"{name} folder")}
            if name not in LOADED
            else {"name_or_path": LOADED[name]}
            if LOADED[name]
            else {}
        ),
        "save": lambda: {"path" if name == "Report" else "folder": folder},
        "sweep": lambda: {"folder": folder},
        "plot_network": lambda: {"patient": 0},
        "scenario_at": lambda: {"draw": 0, "scenario": here("Scenario")},
        "read": lambda: {"text": 'based_on = "today"', "name": "mine"},
        "from_canonical": lambda: {"canonical": here("Scenario").canonical(), "name": "mine"},
        "settings": lambda: {"portfolio": here("Portfolios").recommended},
        "supporter_in": lambda: {"tie": here("SupportNetwork").ties[0].who, "supporter": -1},
    }
    known = methods.get(method) if method else functions.get(name)
    return known() if known else {}


def public() -> list[str]:
    """Every public function, constructor that a user calls, and method that takes arguments."""
    own = [one for name in sorted(sn.PUBLIC) if name not in UNSEEN for one in with_methods(name)]
    made = ("Scenario", "SupportNetwork")
    called = [one for one in own if "." in one or one in made or inspect.isfunction(getattr(sn, one))]
    return [one for one in called if one.rpartition(".")[2] not in MADE]


def parameters(member: str) -> list[str]:
    function = reduce(getattr, member.split("."), sn)
    function = function.__init__ if inspect.isclass(function) else function
    return [name for name in inspect.signature(function).parameters if name not in ("self", "named", "design")]


CASES = [(member, name) for member in public() for name in parameters(member)]


@pytest.mark.parametrize(("member", "parameter"), CASES)
def test_an_argument__is_taken_or_named(
    member: str, parameter: str, here: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name, _, method = member.partition(".")
    function = getattr((here(name) or getattr(sn, name)) if method else sn, method or name)
    several = [one.name for one in inspect.signature(function).parameters.values() if one.kind is one.VAR_POSITIONAL]
    for kind, value in WRONG.items():
        if name in HOURS and kind in ("int", "None"):
            continue
        given = {**usual(member, here, tmp_path / "out"), parameter: value}
        by_place = [given.pop(one) for one in ("baseline", *several)] if several else []
        with suppress(sn.UserInputError):
            function(*by_place, **given)


@pytest.mark.parametrize("value", ["two", 2.5, None, True, [0.5], ["x"], np.arange(3) / 2])
def test_replicates__are_whole_numbers(value: Any) -> None:
    with pytest.raises(sn.UserInputError, match=r"^replicates must be a whole number or a list of whole numbers"):
        sn.run("today", value)


@pytest.mark.parametrize("value", [np.int64(2), 2.0, np.arange(2), [np.int32(0), 1], range(2)])
def test_whole_numbers__come_as_any_library_has_them(value: Any) -> None:
    results = sn.run("today", value, **PEOPLE, uncertainty="none")
    assert results.replicates == (0, 1)
    assert results.run_identity == sn.run("today", 2, **PEOPLE, uncertainty="none").run_identity


def test_numbers__are_no_texts() -> None:
    for wrong in ({"patients": "60"}, {"weeks": "2"}, {"seed": "1"}, {"workers": "2"}):
        (argument,) = wrong
        with pytest.raises(sn.UserInputError, match=rf"^{argument} must be a whole number \(got '"):
            sn.run("today", 2, **wrong)
        with pytest.raises(sn.UserInputError, match=rf"^{argument} must be a whole number \(got '"):
            sn.SupportNetwork("today", **wrong)
    assert sn.Scenario.load("today", {"weeks": 60.0}).weeks == 60
    assert sn.SupportNetwork("today", patients=20.0).scenario.population.patients == 20
    with pytest.raises(sn.UserInputError, match=r"^weeks must be a whole number from 0 up \(got -3\)"):
        sn.SupportNetwork(patients=20).run(-3)
