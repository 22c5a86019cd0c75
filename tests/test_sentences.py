"""Sentences that assert a fact: each is said where it is so, and is gone where it isn't."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from supportnet.analysis.commands import sensitivity
from supportnet.analysis.commands.output import Output
from supportnet.analysis.commands.report import what_is_missing
from supportnet.analysis.commands.results import results_sentences
from supportnet.analysis.commands.study import too_few
from supportnet.analysis.commands.sweep import show_sweep
from supportnet.analysis.commands.terminal_tables import differences_table
from supportnet.analysis.figures.compare import comparison_caption
from supportnet.analysis.outputs.trial import as_frozen
from supportnet.analysis.report import evidence, sections, trials
from supportnet.analysis.report.page import environment
from supportnet.analysis.report.provenance_section import again
from supportnet.analysis.sensitivity.indices import METHODS
from supportnet.analysis.wording.caveats import compare_cautions, differing
from supportnet.analysis.wording.formatting import yes_or_no
from supportnet.analysis.wording.portfolios import spending
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.ensemble.ensemble import Failed
from supportnet.experiments.randomised.design import designed
from supportnet.experiments.runs.plan import plan_of
from supportnet.experiments.runs.sweep import Swept
from tests.ensembles import run
from tests.small import small
from tests.studies import BODY, study
from tools import validation_page

DOCS = Path(__file__).parent.parent / "docs"


class Told(Output):
    """What a command says, as one text."""

    def __init__(self) -> None:
        super().__init__(False, False)
        self.__dict__["lines"] = list[str]()

    def note(self, text: str) -> None:
        self.__dict__["lines"].append(text)

    warn = note


def swept(completed: int, computed: int, failed: int = 0, foreign: bool = False) -> str:
    """What a sweep of ten runs says at its end."""
    told, failures = Told(), [{"run": "0", "design_point": {}, "error": "it"}] * failed
    strange = {Path("part.parquet"): "has other columns"} if foreign else {}
    show_sweep(Swept(None, Path("out"), 10, completed, computed, completed - computed, failures, strange), told)  # type: ignore[arg-type]
    return "\n".join(told.__dict__["lines"])


def results(missing: int, failed: int = 0) -> str:
    failures = [{"run": "0", "design_point": {}, "error": "it"}] * failed
    shelf = SimpleNamespace(foreign={})
    return results_sentences(SimpleNamespace(completed=10 - missing, planned=10, missing=missing, failed=failures,
                                       shelf=shelf,
                                       damaged=[], of_this_version=True, conditions=[],
                                       chosen=0))  # type: ignore[arg-type] # fmt: skip


@cache
def world(name: str = "today", **values: object) -> Any:
    return run(small(name, **values), 3)


def compared(failed: int = 0, independent: bool = False, **values: object) -> EnsembleComparison:
    """A comparison of three replicates, the last of which failed in the second world so often."""
    other = world("befriending", **values)
    if failed:
        kept = {"replicates": other.replicates[:-failed], "values": other.values[:-failed], "persons": None}
        other = replace(other, **kept, failed=(Failed(2, ValueError("it")),))
    worlds = world(), other
    plan = ComparisonPlan(tuple(one.scenario for one in worlds), world().plan.sampling, independent)
    return EnsembleComparison(plan, worlds)


def comparison_says(**how: Any) -> str:
    found = compared(**how)
    table = str(differences_table(found, "befriending", "Befriending").title)
    return "\n".join([table, comparison_caption(found), *compare_cautions(found)])


def who_benefits(independent: bool = False, failed: int = 0, **values: object) -> str:
    """What a report says that lacks for_whom.csv."""
    rows, told = pd.DataFrame({"n": [3 - failed]}), {"independent": independent, "replicates": [0, 1, 2]}
    comparison = SimpleNamespace(has=lambda name: False, metadata=told, table=lambda name: rows)
    worlds = [small(), small("befriending", **values)]
    section = sections.for_whom_section(SimpleNamespace(comparison=comparison), worlds, None, "COMPARE")  # type: ignore[arg-type]
    return f"{section.missing} {what_is_missing('for-whom', section.command)}"


def rendered(template: str, **about: object) -> str:
    return " ".join(environment().get_template(f"{template}.html.j2").render(about=about).split())


SUMMARY = {"picture": {"address": "", "alt": ""}, "cautions": [], "years": "1", "money": "", "drawn": False}
RESULTS = {"figures": [], "tables": [], "several": False, "order": "", "others": [], "cautions": [], "interval": "",
           "patients": "1", "weeks": "1", "replicates": "1"}  # fmt: skip
LIMITS = {"draws": False, "validated": False}


def sensitivity_block(lower: float) -> str:
    """What a report notes of an analysis whose intervals begin there."""
    rows = pd.DataFrame({"scenario": "today", "outcome": "qpr", "week": 8, "factor": ["a", "b"], "other": "",
                         "index": "S1", "value": 0.5, "lower": lower, "upper": lower + 0.1})  # fmt: skip
    result = SimpleNamespace(table=lambda name: rows, metadata={"method": "rbd-fast"}, figures=list)
    return str(next(evidence.indices_blocks(result))["note"])  # type: ignore[arg-type]


def trial_table(weeks: int) -> str:
    """The caption over a trial of a programme that lasts so long."""
    times = sorted({52: "12 months after entry", weeks: "end of treatment"}.items())
    rows = pd.DataFrame([{"programme": "x", "control": "y", "outcome": "qpr", "kind": "smd", "week": week, "when": when,
                          "value": 0.1, "lower": 0.0, "upper": 0.2, "people": float(week)}
                         for week, when in times])  # fmt: skip
    return trials.one_trial(rows).caption


def checked(n: int) -> str:
    return " ".join(too_few(plan_of(study(Path("."), BODY.replace("n = 4", f"n = {n}")))))


def made_again(**says: Any) -> str:
    """The command that a report gives to make a result again."""
    result = SimpleNamespace(command=says["command"], metadata=says, folder=Path("q/morris"))
    return " ".join(again(result, SimpleNamespace(folder=Path("q"))))  # type: ignore[arg-type]


ANALYSED = {
    "command": "sensitivity", "method": "morris", "outcomes": ["qpr", "cost"], "study": "levers", "resamples": 50,
    "seed": 2,
}  # fmt: skip
FITTED = {"command": "calibrate", "rounds": [16, 16, 16], "draws": 40, "seed": 2}
BETWEEN = "lived by the same people"
SENTENCES: list[tuple[Callable[[], str], str, bool]] = [
    (partial(swept, completed=10, computed=0), "Nothing is missing.", True),
    (partial(swept, completed=10, computed=3), "Nothing is missing.", False),
    (partial(swept, completed=9, computed=0, failed=1), "Nothing is missing.", False),
    (partial(swept, completed=9, computed=0), "Nothing is missing.", False),
    (partial(swept, completed=10, computed=0, foreign=True), "computed again", False),
    (partial(swept, completed=10, computed=0, foreign=True), "part.parquet is not a complete part", True),
    (partial(results, missing=0), "computes only what is missing", False),
    (partial(results, missing=2, failed=1), "8 of 10 runs complete, 2 missing, of which 1 failed", True),
    (comparison_says, "3 replicates, ", True),
    (partial(comparison_says, failed=1), "3 replicates", False),
    (partial(comparison_says, failed=1), "2 replicates, ", True),
    (partial(comparison_says, failed=1), "2 simulated areas", True),
    (partial(comparison_says, failed=1), "a replicate failed", True),
    (partial(comparison_says, failed=1, independent=True), "a replicate failed", False),
    (partial(comparison_says, failed=2), "a single replicate", True),
    (lambda: " ".join(differing([small(), small(population__patients=50)], False)), "has different people", True),
    (lambda: " ".join(differing([small(), small(population__patients=50)], True)), "has different people", False),
    (lambda: " ".join(differing([small(), small("befriending")], False)), "has different people", False),
    (partial(who_benefits, failed=1), "a replicate failed", True),
    (partial(who_benefits, failed=1), "do not have the same people", False),
    (partial(who_benefits, failed=1), "Made by: COMPARE", True),
    (who_benefits, "a replicate failed", False),
    (who_benefits, "Made by", False),
    (partial(who_benefits, population__patients=50), "do not have the same people (patients 60 → 50)", True),
    (partial(who_benefits, population__patients=50), "Made by", False),
    (partial(who_benefits, independent=True), "use independent people and random streams (--independent)", True),
    (partial(who_benefits, independent=True), "do not have the same people", False),
    (lambda: " ".join(sections.failed(2)), "2 replicates failed and left out here", True),
    (lambda: " ".join(sections.failed(0)), "failed", False),
    (partial(rendered, "summary", answers=[None] * 6, most=0, **SUMMARY), "6 more", True),
    (partial(rendered, "summary", answers=[], most=4, **SUMMARY), "more", False),
    (partial(rendered, "results", hangs=True, **RESULTS), "depend on assumptions", True),
    (partial(rendered, "results", hangs=False, **RESULTS), "depend on assumptions", False),
    (partial(rendered, "limits", hangs=True, **LIMITS), "were not tested here", False),
    (partial(rendered, "limits", hangs=False, **LIMITS), "#put-in", False),
    (partial(sensitivity_block, 0.4), "intervals by bootstrap", True),
    (partial(sensitivity_block, float("nan")), "intervals by bootstrap", False),
    (partial(trial_table, 20), "20 people per arm measured at the end of treatment", True),
    (partial(trial_table, 80), "80 people per arm measured at the end of treatment", True),
    (lambda: as_frozen([designed("befriending")]), "Designs as they were frozen", True),
    (lambda: as_frozen([designed("befriending"), designed("befriending", entry="anybody")]), "frozen", False),
    (partial(spending, 100.0, 60.0), "A spends 100 more per person and year on posts, contacts and sessions; 40", True),
    (partial(spending, 100.0, 130.0), "comes back", False),
    (partial(spending, 100.0, 130.0), "another 30 is spent on more crises", True),
    (partial(spending, -20.0, -50.0), "A spends 20 less", True),
    (partial(spending, -20.0, -50.0), "of it", False),
    (partial(spending, 100.0, -20.0), "120 of it", False),
    (partial(yes_or_no, True), "yes", True),
    (partial(yes_or_no, float("nan")), "NO", False),
    (partial(yes_or_no, None), "NO", False),
    (partial(checked, 4), "there are too few design points for sobol: use n = 8 or more", True),
    (partial(checked, 8), "too few", False),
    (partial(made_again, **ANALYSED), "levers --method morris --outcome qpr,cost --resamples 50 --seed 2", True),
    (partial(made_again, **{**ANALYSED, "study": "mine"}), "sensitivity mine.toml ", True),
    (partial(made_again, study="calibration", **FITTED), "calibrate calibration --rounds 3 --draws 40 --seed 2", True),
    (partial(made_again, study="calibration", **FITTED), "--rival", False),
    (partial(made_again, study="calibration-skill_alone", **FITTED), "--rival skill_alone", True),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SENTENCES)))
def test_a_sentence__is_said_where_it_is_so_and_nowhere_else(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    situation, sentence, is_so = SENTENCES[number]
    said = situation()
    assert (sentence in said) == is_so, f"{sentence!r} in: {said}"


def test_help__names_every_method() -> None:
    (option,) = (one for one in sensitivity.MethodName.__metadata__ if hasattr(one, "help"))  # type: ignore[attr-defined]
    assert re.split(r", | or ", option.help.rstrip(".")) == list(METHODS)


def test_the_page_of_validation__names_every_row_that_is_wrong() -> None:
    page = (DOCS / "validation.md").read_text("utf-8")
    wrong = {int(row) for row in re.findall(r"^\| (\d+) \|.*\| \*\*no\*\* \|$", page, re.MULTILINE)}
    told = validation_page.NOTES.partition("Rows 19 and 34")[0]
    named = {int(row) for rows in re.findall(r"\*\*Rows? ([\d, ]+)\*\*", told) for row in rows.split(",")}
    assert wrong
    assert wrong <= named


@pytest.mark.parametrize(
    ("ships", "said"), [(True, "2 for each of 20 draws"), (False, "all parameters at their set values")]
)
def test_the_page_of_validation__says_by_what_people_lived(
    monkeypatch: pytest.MonkeyPatch, ships: bool, said: str
) -> None:
    monkeypatch.setattr(validation_page, "shipped_draws_path", lambda: Path("draws") if ships else None)
    monkeypatch.setattr(validation_page, "read_draws", lambda: SimpleNamespace(fitted_to="trials"))
    rows = pd.DataFrame({"pattern": [1], "use": ["validate"], "in_range": [True]})
    monkeypatch.setattr(validation_page, "pattern_table", lambda found: rows)
    assert said in validation_page.page([])
