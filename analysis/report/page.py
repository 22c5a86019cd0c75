"""The report: everything in a folder of results on one page that needs no network and no scripts."""

import os
import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from supportnet.analysis.outputs.rerun import posterior_in
from supportnet.analysis.report import evidence, sections
from supportnet.analysis.report.budgets import budgets
from supportnet.analysis.report.checklists import answered
from supportnet.analysis.report.costs import costs, uncertain_choice
from supportnet.analysis.report.parts import Section
from supportnet.analysis.report.provenance_section import again, origin
from supportnet.analysis.report.report import APPENDIX, NAME, Report
from supportnet.analysis.report.result_index import ResultIndex, UnreadableResult, index_results
from supportnet.analysis.report.scenarios import scenarios_of
from supportnet.analysis.report.trials import trials
from supportnet.experiments.comparison.assumptions import OUTCOME, assumptions_of, without_each
from supportnet.experiments.comparison.life_histories import LifeHistory, drawn_people, life_histories
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.comparison.same_people import people_differ
from supportnet.experiments.ensemble.sampling import Sampling, replicate_numbers
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import LIVES
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.errors import UserInputError, escaped
from supportnet.sim.model_identity import run_hash
from supportnet.sim.scenario.scenario import Scenario

PEOPLE = 3  # whose lives are told
SECTIONS = {  # of the commands that a report can do without
    "explain": "mechanisms", "sensitivity": "sensitivity", "trial": "trials", "economics": "costs",
    "validate": "validation",
}  # fmt: skip
Progress = Callable[[float], None]


@with_checked_arguments
def report(
    folder: str | os.PathLike[str],
    question: str = "",
    ledger: int = 10,
    seed: int = 1,
    workers: int | None = None,
    *,
    posterior: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """One page on everything in a folder of results: what `supportnet report` makes.

    The comparison in the folder is simulated again under other assumptions, one at a time. What is not there is named,
    with the command that would make it.

    Parameters
    ----------
    folder : str or path-like
        A folder of results, at least one comparison among them; folders below it count too.
    question : str
        What the report answers; from the titles of the scenarios if left out.
    ledger : int
        Replicates by which each assumption is changed; 0 leaves this part out.
    seed : int
        Random seed that selects the people whose simulated lives are shown.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    posterior : str or path-like, optional
        The posterior used by the comparison, if not the shipped one.
    progress : callable, optional
        Called with the share of the work that is done, 0–1.

    Returns
    -------
    Report
        The page.

    Raises
    ------
    UserInputError
        Where there is no comparison in the folder, or it can't be read, or for too few replicates.

    Examples
    --------
    >>> import supportnet as sn, tempfile
    >>> what_if = sn.compare("today", "befriending", replicates=2, patients=20, weeks=4, uncertainty="none")
    >>> page = sn.report(what_if.save(tempfile.mkdtemp()), ledger=0)
    >>> page.html.lower().startswith("<!doctype html>")
    True
    """
    replicate_numbers(1, seed)  # a seed out of range is a mistake
    found = index_results(Path(folder))
    has_draws = bool(found.comparison.metadata.get("posterior"))
    check_ledger(ledger, has_draws)
    draws, foreign = comparison_draws(found.comparison.metadata, os.fspath(posterior or ""))
    scenarios, commands = scenarios_of(found.comparison), commands_of(found, foreign, Path("DIR"))
    answers = sections.question(question, scenarios)
    hangs = bool(ledger and not foreign)
    limits = {"draws": has_draws, "validated": bool(found.of("validate")), "hangs": hangs}
    # All that is read comes before what takes long: what is broken is said at once.
    first = [
        sections.first_page(found, scenarios, draws),
        sections.results_section(found, scenarios, draws, hangs),
        sections.for_whom_section(found, scenarios, draws, commands["for-whom"]),
    ]
    rest = [
        sections.options(scenarios),
        evidence.mechanisms(found, commands["mechanisms"]),
        costs(found, scenarios[0], commands["costs"]),
        *budgets(found),
        Section("limits", "What must not be concluded", "limits", limits),
    ]
    aside = [
        sections.as_given(scenarios),
        *([] if first[-1].missing else [sections.spread_section(first[-1].about)]),
        *([uncertain_choice(found)] if found.of("economics") else []),
        evidence.sensitivity_section(found, commands["sensitivity"]),
        trials(found, commands["trials"]),
        evidence.validation(found, commands["validation"]),
        evidence.assumed(found),
    ]
    put_in = None
    if hangs:
        put_in = compare_under_assumptions(found, scenarios, ledger, draws, threads(workers), progress)
    worlds, why_not = ([], f"No lives are shown: {foreign}.") if foreign else lives_shown(found, scenarios, seed, draws)
    replicates = len(found.comparison.metadata["replicates"][:ledger])
    changed = found.comparison.metadata.get("code") != run_hash()
    tested = sections.put_in(
        put_in, scenarios, replicates, changed, foreign or "--ledger 0", commands["put-in"]
    )  # fmt: skip
    main = [*first, tested, *rest]
    if put_in is not None:
        aside.insert(1, sections.every_assumption(put_in, scenarios, replicates))
    aside += [
        sections.lives_section(worlds, seed, why_not, commands["lives"]),
        origin(found, ledger, seed, question),
    ]
    say_left_out([*main, *aside], found)
    parts = [one.anchor for one in (*main, *aside) if not one.missing]
    discounted = ["discounted"] if any(one.metadata.get("discount") for one in found.of("economics")) else []
    drawn = ["draws"] if has_draws else []
    aside.append(answered([*parts, *discounted, *drawn], authors_answers(found)))
    pages = rendered(answers, main, aside, found.left_out)
    sentences = [f"{one.title}: {one.says}" for one in main[0].about["answers"]]
    here = commands_of(found, foreign, Path(folder))
    missing = {one.anchor: here.get(one.anchor, one.command) for one in (*main, *aside) if one.missing}
    return Report(*pages, answers, sentences, parts, missing, found.left_out, put_in)


def rendered(
    question: str, main: list[Section], aside: list[Section], left_out: list[UnreadableResult]
) -> tuple[str, str]:
    """The report and its appendix; a link to a section leads to the page that has it."""
    pages = []
    for name, own, others, other in ((NAME, main, aside, APPENDIX), (APPENDIX, aside, main, NAME)):
        html = environment().get_template("page.html.j2").render(
            question=question, sections=own, others=others, other=other, left_out=left_out, is_main=name == NAME
        )  # fmt: skip
        anchors = "|".join(re.escape(one.anchor) for one in others)
        pages.append(re.sub(rf'href="#({anchors})"', rf'href="{other}#\1"', html))
    main_page, appendix = pages
    return main_page, appendix


def authors_answers(found: ResultIndex) -> Mapping[str, str]:
    """What only the authors know, as the question file of a decision says it."""
    for one in found.of("decide"):
        stated = one.metadata.get("question", {}).get("report", {})
        return {name: text for name, text in stated.items() if text}
    return {}


def say_left_out(body: list[Section], found: ResultIndex) -> None:
    """In place of what is missing only because it can't be read."""
    for one in found.left_out:
        for section in body:
            if section.missing and section.anchor == SECTIONS.get(one.command):
                section.missing = f"{one.folder} was left out: {one.why}."


def check_ledger(ledger: int, draws: bool) -> None:
    """Raises UserInputError if there are too few replicates for an estimate; each draw needs several."""
    least = 2 * LIVES if draws else 2
    if ledger and ledger < least:
        each = f" (two draws, {LIVES} replicates each)" if draws else ""
        raise UserInputError(
            f"must be 0, or at least {least}{each}", argument="ledger", found=ledger,
            remedy="0 leaves these runs out; otherwise there are too few replicates for an estimate",
        )  # fmt: skip


def comparison_draws(metadata: Mapping[str, Any], posterior: str) -> tuple[Posterior | None, str]:
    """The posterior used by the comparison; if it is not available, why nothing can be re-simulated.

    Raises UserInputError for a file that is not that posterior.
    """
    try:
        return posterior_in(metadata, posterior), ""
    except UserInputError:
        if posterior:
            raise
        return None, f"the comparison used draws from a posterior that is not available ({metadata['posterior']})"


def environment() -> Environment:
    """Templates beside this file, in which everything is escaped and nothing may be undefined."""
    loader = PackageLoader("supportnet.analysis.report", "")
    return Environment(
        autoescape=True, loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, finalize=lambda value: escaped(value) if type(value) is str else value,
    )  # fmt: skip


def commands_of(found: ResultIndex, foreign: str, folder: Path) -> dict[str, str]:
    """The command that would make each part that is missing. foreign: why the draws of the comparison are missing.
    folder: of the results; a page that is sent on calls it DIR, as its place on this computer is private."""
    names = list(map(str, found.comparison.metadata.get("names", ["today", "…"])))
    place, pair = shlex.quote(folder.as_posix()), shlex.join([names[0], names[-1]])
    comparison = shlex.quote((folder / found.comparison.folder.relative_to(found.folder)).as_posix())
    aside, with_draws = shlex.quote(f"{folder.as_posix()}-again/compare"), f"supportnet report {place} --posterior FILE"
    compared = f"{again(found.comparison, found)[0].replace(' --independent', '')} --out {aside}"
    return {
        "put-in": with_draws if foreign else f"supportnet report {place} --ledger 10",
        "for-whom": compared,
        "lives": with_draws if foreign else "",
        "mechanisms": f"supportnet explain {pair} --outcome {OUTCOME} --out {place}/explain",
        "sensitivity": f"supportnet sensitivity levers --outcome {OUTCOME} --out {place}/sensitivity",
        "trials": f"supportnet trial befriending --out {place}/trial",
        "costs": f"supportnet economics {comparison} --out {place}/economics",
        "validation": f"supportnet validate --out {place}/validate",
    }


def compare_under_assumptions(
    found: ResultIndex,
    scenarios: list[Scenario],
    ledger: int,
    draws: Posterior | None,
    workers: int,
    progress: Progress | None,
) -> pd.DataFrame:
    """The comparison re-simulated under other assumptions, with the first of its own replicates."""
    metadata = found.comparison.metadata
    explanations = [one.metadata for one in found.of("explain")]
    explained = {tuple(one["names"]) for one in explanations if one.get("over") == "mechanisms"}
    pairs = {(scenarios[0].name, scenario.name) for scenario in scenarios[1:]}
    changes = assumptions_of(scenarios, mechanisms=not pairs <= explained, posterior=draws)
    sampling = Sampling(tuple(metadata["replicates"][:ledger]), metadata["seed"], draws)
    return without_each(ComparisonPlan(tuple(scenarios), sampling, metadata["independent"]), changes, workers, progress)


def lives_shown(
    found: ResultIndex, scenarios: list[Scenario], seed: int, draws: Posterior | None
) -> tuple[list[tuple[Scenario, list[LifeHistory]]], str]:
    """A few people's lives in the baseline and in the scenario that changes personal recovery most; or why not."""
    rows = found.comparison.table("differences.csv")
    sizes = rows[rows["outcome"] == OUTCOME].set_index("scenario")["difference"].abs()
    most = max(scenarios[1:], key=lambda one: float(sizes.get(one.name, 0.0)))
    if why := people_differ(scenarios[0], most, draws):
        return [], f"No person is in both scenarios, because their people differ ({why})."
    metadata = found.comparison.metadata
    persons = drawn_people(scenarios[0].population.patients, PEOPLE, seed)
    sampling = Sampling(tuple(metadata["replicates"]), metadata["seed"], draws)
    return [(one, life_histories(one, persons, sampling)) for one in (scenarios[0], most)], ""
