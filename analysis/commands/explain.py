"""`supportnet explain`: a difference between two scenarios, or the level in one, attributed to mechanisms."""

from typing import TYPE_CHECKING, Annotated

import typer

from supportnet.analysis.commands.completion import complete_outcomes, complete_scenarios
from supportnet.analysis.commands.options import (
    MOST_ROWS,
    Full,
    Json,
    Out,
    Patients,
    Posterior,
    Quiet,
    Replicates,
    Seed,
    Set,
    Uncertainty,
    Weeks,
    Workers,
)

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.analysis.results.explanation import Explanation

Outcome = Annotated[
    str, typer.Option(help="The outcome whose difference to attribute.", autocompletion=complete_outcomes)
]
Over = Annotated[
    str, typer.Option(metavar="mechanisms|resources|relationships", help="What to attribute the difference to.")
]
HeldAt = Annotated[
    str | None,
    typer.Option(
        "--held",
        metavar="baseline|off",
        help="Hold the others at the baseline's mean, or switch them off (default: baseline; of one scenario: off).",
    ),
]
Interactions = Annotated[
    bool, typer.Option("--interactions", help="Also report pairwise interactions (synergy, redundancy).")
]


def explain(
    baseline: Annotated[
        str, typer.Argument(help="A name or the path of a TOML file.", autocompletion=complete_scenarios)
    ],
    other: Annotated[
        str | None,
        typer.Argument(
            help="The scenario whose difference from it to attribute; without one, the level of the first.",
            autocompletion=complete_scenarios,
        ),
    ] = None,
    outcome: Outcome = "recovery",
    over: Over = "mechanisms",
    held: HeldAt = None,
    pairs: Interactions = False,
    patients: Patients = None,
    weeks: Weeks = None,
    seed: Seed = 1,
    replicates: Replicates = 20,
    workers: Workers = None,
    out: Out = None,
    values: Set = None,
    uncertainty: Uncertainty = None,
    posterior: Posterior = "",
    full: Full = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Attribute a difference to the seven mechanisms, the six resources or the four kinds of relationship.

    Exact Shapley values: every coalition is simulated in both scenarios, with everything outside it held. The shares
    and the difference with all held sum to the total. Of one scenario, what is attributed is its difference from itself
    with all of them switched off. The same command continues after an interruption.

    \b
    Examples:
      supportnet explain today open-dialogue --outcome qpr
      supportnet explain today
      supportnet explain today peer-workforce --over relationships --held off --interactions
    """
    from supportnet.analysis.commands.options import afford, overrides
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import default_folder, unfinished_store, written_together
    from supportnet.analysis.results.explanation import Explanation
    from supportnet.experiments.comparison.attribution import AttributionPlan, attribute
    from supportnet.experiments.ensemble.ensemble import outcomes_asked
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.resource_needs import of_explain

    output, n = Output(as_json, quiet), threads(workers)
    outcomes_asked([outcome])
    plan = AttributionPlan.of(
        baseline, other, replicates, seed, values=overrides(patients, weeks, values), over=over, held=held,
        uncertainty=uncertainty, posterior=posterior,
    )  # fmt: skip
    afford(of_explain(plan, n), "--replicates, --patients or --weeks", output)
    name = plan.worlds[-1].name
    folder = out or default_folder([f"{name}-{outcome}"], plan.request)
    store = unfinished_store(folder, "explain")
    with written_together(folder, "explain", store) as hidden:
        with output.progress(f"Explaining {name}") as progress:
            explanation = Explanation.of(attribute(plan, n, progress, store), outcome, pairs)
        names = explanation.write(hidden)
    output.note(explanation.sentence)
    output.show(attribution_table(explanation))
    if pairs:
        output.show(pairs_table(explanation, None if full else MOST_ROWS))
    what = "held" if explanation.held == "baseline" else "switched off"
    output.note(f"{explanation.interval}. Alone: what is lost if this one alone is {what}.")
    for caution in explanation.cautions:
        output.note(f"Caution: {caution}.")
    output.note(f"\nFigure and tables: {folder}")
    output.answer({**explanation.to_dict(), "files": {name: str(folder / name) for name in names}})


def attribution_table(found: "Explanation") -> "Table":
    """Shares, the largest first, between the difference with all held and the total."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.attribution import (
        called,
        difference_in_words,
        labels_of,
        ordered_parts,
        share_rows,
    )
    from supportnet.analysis.wording.formatting import counted, interval, name_in_words, number

    n = counted(len(found.replicates), "replicate")
    head = f"{found.worlds[-1].title}\n{called(found.outcome)}, {difference_in_words(found)}\n{n}"
    table = empty_table(
        f"{head}, seed {found.seed}", found.over, ("share", "± mcse", "95 % interval", "alone", "95 % interval")
    )
    rows, labels = share_rows(found, found.outcome), labels_of(found)
    for name in ordered_parts(found.summary(), found.players, labels):
        row = rows[name]
        error = row["mcse"]
        alone = (number(row["knockout"], error), interval(row["knockout_lower"], row["knockout_upper"], error))
        table.add_row(labels.get(name, name_in_words(name)), number(row["value"], error), number(error, error),
                      interval(row["lower"], row["upper"], error), *alone)  # fmt: skip
    return table


def pairs_table(found: "Explanation", most: int | None = None) -> "Table":
    """Interactions, the largest first; most: the number of rows."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import interval, name_in_words, number

    table = empty_table("\nPairwise interactions (+ synergy, - redundancy)", "pair",
                  ("interaction", "95 % interval"))  # fmt: skip
    rows = found.pairs(found.outcome)
    order = rows["value"].abs().sort_values(ascending=False).index
    for row in rows.loc[order[:most]].to_dict("records"):
        error = row["mcse"]
        table.add_row(f"{name_in_words(row['one'])} × {name_in_words(row['other'])}", number(row["value"], error),
                      interval(row["lower"], row["upper"], error))  # fmt: skip
    if more := len(order[most:]) if most else 0:
        table.add_row(f"{more} more with --full")
    return table
