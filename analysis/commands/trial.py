"""`supportnet trial`: a simulated randomised trial, or those of all ten programmes beside published ones."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.completion import complete_programmes, complete_scenarios
from supportnet.analysis.commands.options import (
    Json,
    Out,
    Outcomes,
    Patients,
    Posterior,
    Quiet,
    Replicates,
    Seed,
    Set,
    Uncertainty,
    Workers,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from rich.table import Table

    from supportnet.analysis.results.trial import Trial
    from supportnet.experiments.randomised.design import Design

LARGEST = 1000  # effect that is written out
HELP = {
    "programme": "One of the ten programmes, or all.",
    "scenario": "Area in which the trial takes place. [as in experiments/evidence/trials.toml]",
    "entry": "Entry criterion: anybody, crisis, distress, lonely or withdrawn. [as written down there]",
    "control": "usual_care, waiting_list or attention (as many contacts, no content). [as written down there]",
    "cut": "Measured PHQ-9 score from which distress meets the criterion.",
    "places": "People randomised, both arms together.",
}


def trial(
    programme: Annotated[
        str,
        typer.Argument(
            metavar="PROGRAMME|all", help=HELP["programme"], show_default=False, autocompletion=complete_programmes
        ),
    ],
    scenario: Annotated[
        str, typer.Option(help=HELP["scenario"], show_default=False, autocompletion=complete_scenarios)
    ] = "",
    entry: Annotated[str | None, typer.Option(help=HELP["entry"], show_default=False)] = None,
    control: Annotated[str | None, typer.Option(help=HELP["control"], show_default=False)] = None,
    cut: Annotated[int, typer.Option(help=HELP["cut"])] = 10,
    places: Annotated[int, typer.Option(help=HELP["places"])] = 80,
    patients: Patients = None,
    seed: Seed = 301,
    replicates: Replicates = 200,
    workers: Workers = None,
    values: Set = None,
    uncertainty: Uncertainty = None,
    posterior: Posterior = "",
    out: Out = None,
    outcome: Outcomes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a randomised trial of a programme: standardised mean differences at the end of treatment and later.

    People enter when they meet a criterion, so they improve by regression to the mean as in real trials; measurements
    have error, and some people are lost to follow-up. `all` runs the ten trials as written down beforehand and compares
    them with published effects. The same command continues after an interruption. A model for reasoning about systems:
    no evidence that a programme works.

    \b
    Examples:
      supportnet trial befriending --control attention
      supportnet trial all --replicates 50 --json
    """
    from supportnet.analysis.commands.options import afford, names_in, overrides
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import default_folder, unfinished_store, written_together
    from supportnet.analysis.outputs.trial import ALLIANCE, as_frozen
    from supportnet.analysis.results.trial import HEADLINES, Trial
    from supportnet.experiments.ensemble.ensemble import outcomes_asked
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.randomised.trial import MEASURES
    from supportnet.experiments.resource_needs import of_trials
    from supportnet.experiments.trials.effects import effects_of
    from supportnet.experiments.trials.plan import TrialPlan

    output, n, asked = Output(as_json, quiet), threads(workers), names_in(outcome)
    shown = outcomes_asked(asked, MEASURES)
    plan = TrialPlan.of(
        programme, scenario or None, replicates, seed, values=overrides(patients, None, values),
        uncertainty=uncertainty, posterior=posterior, entry=entry, control=control, cut=cut, places=places,
    )  # fmt: skip
    afford(of_trials(plan, n), "--replicates or --patients", output)
    folder = out or default_folder([f"{plan.designs[0].scenario.name}-{programme}"], plan.request)
    store = unfinished_store(folder, "trial")
    with written_together(folder, "trial", store) as hidden:
        with output.progress("Trials") as progress:
            found = Trial.of(plan, effects_of(plan, n, progress, store))
        files = found.write(hidden)
    effects = found.effects[found.effects["outcome"].isin(shown)]
    several = len(found.programmes) > 1
    columns = (asked or HEADLINES) if several else shown
    output.show(all_table(found, columns) if several else whole_table(effects, plan.designs[0]))
    beside = found.published
    beside = beside[beside["outcome"].isin(shown)] if len(beside) else beside
    if len(beside):
        output.show(published_table(beside))
    for row in beside.to_dict("records") if len(beside) else ():
        if row["published"] != row["published"]:
            output.note(f"{row['programme']}, {row['outcome']}, published without a number: {row['note']}.")
    output.note(f"\n{found.interval}.{as_frozen(plan.designs)}")
    if "alliance" in columns:
        output.note(f"{ALLIANCE}.")
    for caution in found.cautions:
        output.note(f"Caution: {caution}.")
    output.note(f"Table and figure: {folder}")
    output.answer({**found.to_dict(), "files": {name: str(folder / name) for name in files}})


def whole_table(rows: "pd.DataFrame", design: "Design") -> "Table":
    """Every outcome at every time."""
    from textwrap import wrap

    from supportnet.analysis.commands.table_layout import empty_table

    times = list(design.times.items())
    shown = [(week, when) for week, when in times if week in set(rows["week"])]
    columns = tuple("\n".join([*wrap(when, 12), f"week {week}"]) for week, when in shown)
    table = empty_table(head(design, rows["entered"].iloc[0]), "outcome", columns)
    for outcome, of in rows.groupby("outcome", sort=False):
        cells = {row["week"]: cell(row) for row in of.to_dict("records")}
        kind = "" if of["kind"].iloc[0] == "smd" else " (RR)"
        table.add_row(f"{outcome}{kind}", *(cells[week] for week, _ in shown))
    return table


def all_table(found: "Trial", outcomes: "Sequence[str]") -> "Table":
    """These outcomes of every programme, at the end of treatment."""
    from supportnet.analysis.commands.table_layout import empty_table

    head = "\nEnd of treatment: g (standardised mean difference; relapses: risk ratio),\nwith its 95 % interval"
    table = empty_table(head, "programme\nsimulated people, entry\ncontrol, weeks", tuple(outcomes))
    for design in found.plan.designs:
        rows = found.effects[found.effects["programme"] == design.programme]
        end = rows[rows["week"] == design.weeks].set_index("outcome")
        name = f"{design.programme}\n{design.scenario.population.preset}, {design.entry}"
        cells = (cell(end.loc[outcome].to_dict()) for outcome in outcomes)
        table.add_row(f"{name}\n{design.control}, {design.weeks}", *cells)
    return table


def published_table(beside: "pd.DataFrame") -> "Table":
    """Comparison with published effects."""
    from supportnet.analysis.commands.table_layout import empty_table

    columns = ("simulated\n95 %", "published\nrange", "in\nrange")
    head = "\nComparison with published effects: known while the model was being developed; agreement is not validation"
    table = empty_table(head, "programme: outcome\n(simulated people, entry; control)", columns)
    for row in beside.to_dict("records"):
        ends = row["published_lower"], row["published_upper"]
        theirs = f"{row['published']:g}\n{ends[0]:g} to {ends[1]:g}" if ends[0] == ends[0] else "in words"
        met = {True: "yes", False: "NO"}.get(row["in_range"], "–")
        among = f"({row['preset']}, {row['entry']}; {row['control']})"
        table.add_row(f"{row['programme']}: {row['outcome']}\n{among}", cell(row), theirs, met)
    return table


def head(design: "Design", entered: float) -> str:
    """A trial in three lines."""
    from supportnet.experiments.randomised.design import CONTROLS, ENTRIES

    people = f"{design.places} places, {entered:.1f} people entered on average"
    who = f"{people}: {design.scenario.population.preset}, {ENTRIES[design.entry]}" + (
        f" ({design.cut})" if design.entry == "distress" else ""
    )
    against = f"against {design.control}: {CONTROLS[design.control]}"
    kinds = "g (standardised mean difference, treated less control), or RR (risk ratio),\nwith its 95 % interval"
    return f"\n{design.programme} for {design.weeks} weeks\n{who}\n{against}\n{kinds}"


def cell(row: dict[Any, Any]) -> str:
    """An effect with its interval below: two decimals, as trials report it; risk ratios of few events have no end."""
    from supportnet.analysis.wording.formatting import rounded

    def shown(number: float) -> str:
        return rounded(number, 2) if number < LARGEST else f"over {LARGEST}"

    if row["value"] != row["value"]:
        return "–"
    ends = f"\n{shown(row['lower'])}, {shown(row['upper'])}" if row["lower"] == row["lower"] else "\n–"
    return f"{shown(row['value'])}{ends}"
