"""The report: everything in a folder of results on one page that needs no network and no scripts."""

import os
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
from supportnet.analysis.report.costs import costs
from supportnet.analysis.report.parts import Section
from supportnet.analysis.report.provenance_section import again, origin
from supportnet.analysis.report.report import Report
from supportnet.analysis.report.result_index import ResultIndex, index_results
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
        sections.in_short(found, scenarios, draws, hangs),
        sections.as_given(scenarios),
        sections.results_section(found, scenarios, hangs),
    ]
    whom = sections.for_whom_section(found, scenarios, draws, commands["for-whom"])
    rest = [
        evidence.mechanisms(found, commands["mechanisms"]),
        evidence.sensitivity_section(found, commands["sensitivity"]),
        trials(found, commands["trials"]),
        costs(found, scenarios[0], commands["costs"]),
        *budgets(found),
        evidence.validation(found, commands["validation"]),
        evidence.assumed(found),
        Section("limits", "What must not be concluded", "limits", limits),
        origin(found, ledger, seed, question),
    ]
    put_in = None
    if hangs:
        put_in = compare_under_assumptions(found, scenarios, ledger, draws, threads(workers), progress)
    worlds, why_not = ([], f"No lives are shown: {foreign}.") if foreign else lives_shown(found, scenarios, seed, draws)
    replicates = len(found.comparison.metadata["replicates"][:ledger])
    changed = found.comparison.metadata.get("code") != run_hash()
    body = [
        *first,
        sections.put_in(put_in, scenarios, replicates, changed, foreign or "--ledger 0", commands["put-in"]),
        whom,
        sections.lives_section(worlds, seed, why_not, commands["lives"]),
        *rest,
    ]
    say_left_out(body, found)
    parts = [one.anchor for one in body if not one.missing]
    discounted = ["discounted"] if any(one.metadata.get("discount") for one in found.of("economics")) else []
    body.append(answered([*parts, *discounted, *(["draws"] if limits["draws"] else [])]))
    html = environment().get_template("page.html.j2").render(question=answers, sections=body, left_out=found.left_out)
    sentences = [str(one.striptags()) for paragraph in body[0].about["paragraphs"] for one in paragraph.sentences]
    here = commands_of(found, foreign, Path(folder))
    missing = {one.anchor: here.get(one.anchor, one.command) for one in body if one.missing}
    return Report(html, answers, sentences, parts, missing, found.left_out, put_in)


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
