"""Sections about the comparison itself: question, scenarios, results, assumptions, who benefits, lives."""

from typing import Any

import pandas as pd

from supportnet.analysis.report.assumption_section import assumption_tables, judged, robustness_sentence
from supportnet.analysis.report.parts import ReportTable, Section, estimate_cells, titled
from supportnet.analysis.report.provenance_section import evaluated_comparison
from supportnet.analysis.report.result_index import ResultFolder, ResultIndex
from supportnet.analysis.report.scenarios import as_file, what_it_sets
from supportnet.analysis.report.stories import stories
from supportnet.analysis.report.summary import MOST, gains_picture, prices_of, summary
from supportnet.analysis.wording.caveats import cautions, differing, few_replicates, not_fitted
from supportnet.analysis.wording.formatting import (
    HEADLINES,
    counted,
    name_in_words,
    number,
    order_in_words,
    probability,
    qpr_points,
    unit_in_words,
    with_remark,
)
from supportnet.analysis.wording.programme_cautions import programme_cautions
from supportnet.analysis.wording.service_changes import service_cautions
from supportnet.experiments.comparison.life_histories import LifeHistory
from supportnet.experiments.comparison.same_people import people_differ
from supportnet.experiments.comparison.service_changes import cuts_among, remarks_on
from supportnet.experiments.comparison.subgroups import CAUTION, EVERYBODY, FEW, NOTABLE, QUANTILES
from supportnet.experiments.ensemble.estimates import in_one_set
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import draws_of
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.scenario import Scenario

CAUTIONS = 3  # on the first page
ALWAYS = (
    "most numbers of the model are assumptions",
    "it cannot show harm: hardly anybody is worse off by a programme in it",
    "what a service does beyond the model is not counted",
)


def question(asked: str, scenarios: list[Scenario]) -> str:
    """What the report answers: as it was asked, or from the scenarios' titles."""
    others = " or ".join(f"“{scenario.title}”" for scenario in scenarios[1:])
    return asked or f"What would {others} change, compared with “{scenarios[0].title}”?"


def first_page(found: ResultIndex, scenarios: list[Scenario], draws: Posterior | None) -> Section:
    """The page for a board: one sentence an option, a picture, three cautions."""
    differences, drawn = found.comparison.table("differences.csv"), bool(found.comparison.metadata.get("posterior"))
    evaluated = priced_by(found)
    prices = prices_of(differences, evaluated.table("strategies.csv") if evaluated else None)
    answers = summary(differences, scenarios, prices, drawn)
    of_prices = evaluated.metadata.get("cautions", []) if evaluated else []
    cautions_here = [*cautions_beside(found.comparison, scenarios, draws), *of_prices]
    about = {
        "answers": answers, "most": MOST, "picture": gains_picture(differences, scenarios, prices),
        "money": money_in_words(evaluated), "years": f"{scenarios[0].weeks / 52:g}", "drawn": drawn,
        "cautions": [*cautions_here, *ALWAYS][:CAUTIONS],
    }  # fmt: skip
    return Section("summary", "The answer", "summary", about)


def priced_by(found: ResultIndex) -> ResultFolder | None:
    """The first evaluation of the comparison; its prices hold throughout."""
    return next((one for one in found.of("economics") if evaluated_comparison(one, found) == found.comparison), None)


def money_in_words(evaluated: ResultFolder | None) -> str:
    """What money is meant."""
    if evaluated is None:
        return "at the comparison’s own unit costs, which are assumptions"
    costs = evaluated.metadata["costs"]
    return f"in {costs['currency']} of {costs['price_year']}"


def failed(replicates: int) -> list[str]:
    """What is said where replicates of a comparison failed."""
    return [f"{counted(replicates, 'replicate')} failed and left out here"] if replicates else []


def cautions_beside(result: ResultFolder, scenarios: list[Scenario], draws: Posterior | None) -> list[str]:
    """Why these results are less reliable than others."""
    about = not_fitted(draws)
    about += [f"{scenario.title} is {caution}" for scenario in scenarios for caution in cautions(scenario, draws)]
    apart = list(differing(scenarios, bool(result.metadata["independent"]), draws))
    replicates = result.metadata["replicates"]
    draw_of_each = draws_of(replicates) if result.metadata.get("posterior") else None
    brought = programme_cautions(scenarios)
    return [*about, *service_cautions(scenarios), *brought, *apart, *few_replicates(len(replicates), draw_of_each)]


def options(scenarios: list[Scenario]) -> Section:
    """What must be true for each option to happen."""
    return Section("options", "What the options assume", "options", {"scenarios": scenarios[1:]})


def as_given(scenarios: list[Scenario]) -> Section:
    """The scenarios as they were given."""
    shown = []
    for scenario in scenarios:
        first = scenario is scenarios[0]
        rows = what_it_sets(scenario, scenarios[0])
        caption = f"Differences of {scenario.title} from {scenarios[0].title}"
        sets = None if first else ReportTable(caption, ("name", "baseline", "here"), rows, frozenset({1, 2}))
        shown.append({"scenario": scenario, "sets": sets, "file": as_file(scenario), "first": first})
    return Section("scenarios", "Scenarios as files", "scenarios", {"scenarios": shown})


def results_section(found: ResultIndex, scenarios: list[Scenario], draws: Posterior | None, hangs: bool) -> Section:
    """Differences in the headline outcomes; hangs: whether the page tests them under other assumptions."""
    result, titles, remarks = found.comparison, [scenario.title for scenario in scenarios], remarks_on(scenarios)
    differences, planned = result.table("differences.csv"), len(result.metadata["replicates"])
    outcomes = [name for name in HEADLINES if name != "cost"] if priced_by(found) else HEADLINES
    rows = {(row["scenario"], row["outcome"]): row for row in differences.to_dict("records")}
    shown = []
    for scenario in scenarios[1:]:
        cells = [
            [name_in_words(name), *estimate_cells(row, "difference", "lower_adjusted", "upper_adjusted", name),
             unit_in_words(row["unit"]),
             {"": "–"}.get(OUTCOMES[name].better, OUTCOMES[name].better)]
            for name in outcomes
            if (row := rows.get((scenario.name, name)))
        ]  # fmt: skip
        columns = ("outcome", "difference", "± mcse", "95 % interval", "unit", "better is")
        caption = with_remark(f"{scenario.title} minus {scenarios[0].title}", remarks[scenario.name])
        shown.append(ReportTable(caption, columns, cells, frozenset({4, 5})))
    alt = (
        f"Left: recovery week by week in {', '.join(titles)}, and the difference from the first, with "
        "uncertainty bands. Right: differences in other outcomes at the end with 95 % intervals; values in the tables."
    )
    figures = titled(result, "figure", alt)
    others = [str(one.folder.relative_to(found.folder)) for one in found.of("compare")[1:]]
    n = int(differences["n"].max())
    about = {"tables": shown, "figures": figures, "order": order(result, scenarios), "others": others,
             "several": len(scenarios) > 2, "hangs": hangs, "interval": result.metadata["interval"],
             "one_set": in_one_set(bool(result.metadata.get("posterior"))), "replicates": counted(n, "replicate"),
             "patients": counted(scenarios[0].population.patients, "person", "people"),
             "weeks": counted(scenarios[0].weeks, "week"),
             "cautions": [*failed(planned - n), *cautions_beside(result, scenarios, draws)]}  # fmt: skip
    return Section("results", "Results", "results", about)


def order(result: ResultFolder, scenarios: list[Scenario]) -> str:
    """Scenarios but cuts from best to worst in personal recovery, with the probability of being best; nothing where
    fewer than two are ranked."""
    if not result.has("ranking.csv"):
        return ""
    ranking, remarks = result.table("ranking.csv"), remarks_on(scenarios)
    rows = ranking[(ranking["outcome"] == "qpr") & ~ranking["scenario"].isin(cuts_among(scenarios))]
    titles = {scenario.name: scenario.title for scenario in scenarios}
    named = rows.assign(scenario=rows["scenario"].replace(titles), remark=rows["scenario"].map(remarks))
    return order_in_words(named) if len(rows) > 1 else ""


def put_in(
    rows: pd.DataFrame | None, scenarios: list[Scenario], replicates: int, changed: bool, why_not: str, command: str
) -> Section:
    """The conclusion under other assumptions; or why it was not re-simulated."""
    anchor, title = "put-in", "Robustness to assumptions"
    if rows is None:
        missing = f"The conclusions were not tested under other assumptions ({why_not})."
        return Section(anchor, title, "put_in", {}, missing, command)
    judgements, n = judged(rows), counted(replicates, "replicate")
    about = {
        "replicates": n, "changed": changed,
        "sentences": [robustness_sentence(judgements, scenario) for scenario in scenarios[1:]],
    }  # fmt: skip
    return Section(anchor, title, "put_in", about)


def every_assumption(rows: pd.DataFrame, scenarios: list[Scenario], replicates: int) -> Section:
    """Every assumption that was changed, with what is left of each conclusion."""
    tables = assumption_tables(judged(rows), scenarios, counted(replicates, "replicate"))
    about = {"blocks": [{"title": "Conclusions under other assumptions", "tables": tables, "figures": [], "note": (
        "A verdict stands if it is that of the first row; relative size is the difference as a share of that in the "
        "first row."
    )}]}  # fmt: skip
    return Section("put-in-tables", "Every assumption that was changed", "blocks", about)


def nobody_in_both(found: ResultIndex, scenarios: list[Scenario], draws: Posterior | None) -> tuple[str, bool]:
    """Why effects by group are not available, and whether repeating the comparison could give them."""
    result = found.comparison
    if result.metadata["independent"]:
        return "the scenarios use independent people and random streams (--independent)", True
    if people := next(filter(None, (people_differ(scenarios[0], other, draws) for other in scenarios[1:])), ""):
        return f"the scenarios do not have the same people ({people})", False
    if result.table("differences.csv")["n"].max() < len(result.metadata["replicates"]):
        return "a replicate failed in one of the scenarios", True
    return "the scenarios do not have the same people", False


def for_whom_section(found: ResultIndex, scenarios: list[Scenario], draws: Posterior | None, command: str) -> Section:
    """Who benefits, by who they were at the start."""
    result, anchor, title = found.comparison, "for-whom", "Who benefits"
    if not result.has("for_whom.csv"):
        why, curable = nobody_in_both(found, scenarios, draws)
        missing = f"Effects on subgroups are not available: {why}."
        return Section(anchor, title, "for_whom", {}, missing, command if curable else "")
    persons = result.table("for_whom.csv").fillna({"by": ""})
    shown, spreads, sentences = [], [], []
    columns = ("group", "difference, QPR points", "± mcse", "95 % interval", "more than others", "95 % interval",
               "people")  # fmt: skip
    spread = ("group", *QUANTILES, "helped", "harmed")
    for scenario in scenarios[1:]:
        rows = persons[(persons["scenario"] == scenario.name) & (persons["people"] > 0)].to_dict("records")
        means, ends = [], []
        for row in rows:
            who = f"{row['by']}: {row['group']}" if row["by"] else row["group"]
            contrast = {name: row[f"contrast_{name}"] for name in ("mcse", "lower", "upper")} | {
                "contrast": row["contrast"]
            }
            more, _, ends_of_more = estimate_cells(contrast, "contrast", difference_in="qpr")
            difference = estimate_cells(row, "difference", difference_in="qpr")
            means.append([who, *difference, more, ends_of_more, f"{row['people']:,}"])
            quantiles = (qpr_points(row[name]) for name in QUANTILES)
            ends.append([who, *quantiles, f"{row['better']:.1%}", f"{row['worse']:.1%}"])
        shown.append(ReportTable(f"{scenario.title}: mean effects by group", columns, means))
        spreads.append(ReportTable(f"{scenario.title}: distribution of individual effects, QPR points", spread, ends))
        every = next((row for row in rows if row["group"] == EVERYBODY), None)
        if every:
            sentences.append(
                f"{scenario.title}: {probability(every['better'])} of people are better off by more than {NOTABLE:g} "
                f"QPR points, {probability(every['worse'])} worse off by more than that."
            )
    about = {
        "tables": shown, "spreads": spreads + harmed(result, scenarios), "sentences": sentences, "caution": CAUTION,
        "notable": NOTABLE, "few": FEW,
    }  # fmt: skip
    return Section(anchor, title, "for_whom", about)


def spread_section(about: dict[str, Any]) -> Section:
    """How effects differ from person to person, and what else changed for people worse off."""
    return Section("spread", "How effects differ between people", "spread", about)


def harmed(result: ResultFolder, scenarios: list[Scenario]) -> list[ReportTable]:
    """Other changes for those who are worse off, a table a scenario that has enough of them."""
    if not result.has("harmed.csv"):
        return []
    changes, shown = result.table("harmed.csv"), []
    columns = ("change from the baseline", "people worse off", "± mcse", "95 % interval", "all others", "unit")
    for scenario in scenarios[1:]:
        rows = changes[(changes["scenario"] == scenario.name) & (changes["people"] >= FEW)].to_dict("records")
        cells = [
            [row["change"], *estimate_cells(row, "worse_off"), number(row["others"], row["mcse"]), row["unit"]]
            for row in rows
        ]
        if rows:
            caption = f"Other changes for the {rows[0]['people']:,} people worse off under {scenario.title}"
            shown.append(ReportTable(caption, columns, cells, frozenset({5})))
    return shown


def lives_section(worlds: list[tuple[Scenario, list[LifeHistory]]], seed: int, why_not: str, command: str) -> Section:
    """A few simulated lives."""
    lives = stories(worlds, worlds[0][0].all_parameters.thresholds.few_ties) if worlds else []
    about = {"stories": lives, "seed": seed}
    return Section("lives", "A few simulated lives", "lives", about, why_not, command if why_not else "")
