"""`supportnet explain`: a difference between two scenarios, attributed to mechanisms."""

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
    str,
    typer.Option("--held", metavar="baseline|off", help="Hold the others at the baseline's mean, or switch them off."),
]
Interactions = Annotated[
    bool, typer.Option("--interactions", help="Also report pairwise interactions (synergy, redundancy).")
]


def explain(
    baseline: Annotated[
        str, typer.Argument(help="A name or the path of a TOML file.", autocompletion=complete_scenarios)
    ],
    other: Annotated[
        str,
        typer.Argument(help="The scenario whose difference from it to attribute.", autocompletion=complete_scenarios),
    ],
    outcome: Outcome = "recovery",
    over: Over = "mechanisms",
    held: HeldAt = "baseline",
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
    and the difference with all held sum to the total. The same command continues after an interruption.

    \b
    Examples:
      supportnet explain today open-dialogue --outcome qpr
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
    name = plan.worlds[1].name
    folder = out or default_folder([f"{name}-{outcome}"], plan.request)
    store = unfinished_store(folder, "explain")
    with written_together(folder, "explain", store) as hidden:
        with output.progress(f"Explaining {name}") as progress:
            explanation = Explanation.of(attribute(plan, n, progress, store), outcome, pairs)
        names = explanation.write(hidden)
    output.show(attribution_table(explanation))
    if pairs:
        output.show(pairs_table(explanation, None if full else MOST_ROWS))
    output.note(f"{explanation.interval}. Alone: what is lost if this one alone is held.")
    for caution in explanation.cautions:
        output.note(f"Caution: {caution}.")
    output.note(f"\nFigure and tables: {folder}")
    output.answer({**explanation.to_dict(), "files": {name: str(folder / name) for name in names}})


def attribution_table(found: "Explanation") -> "Table":
    """Shares, the largest first, between the difference with all held and the total."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import counted, interval, number, unit_in_words
    from supportnet.sim.outcomes import OUTCOMES

    (base, other), outcome = found.worlds, found.outcome
    others = "held at the baseline's mean" if found.held == "baseline" else "switched off"
    n = counted(len(found.replicates), "replicate")
    unit = unit_in_words(OUTCOMES[outcome].unit)
    head = f"{other.title}\n{outcome} ({unit}), {other.name} less {base.name}: others {others}\n{n}"
    table = empty_table(
        f"{head}, seed {found.seed}", found.over, ("share", "± mcse", "95 % interval", "alone", "95 % interval")
    )
    shares = found.summary()
    order = list(shares.loc[found.players].sort_values("value", ascending=False).index)
    for name in ("without", *order, "difference"):
        row = shares.loc[name]
        error = row["mcse"]
        alone = (number(row["knockout"], error), interval(row["knockout_lower"], row["knockout_upper"], error))
        label = {"without": "with all of them held", "difference": "total difference"}.get(name, name)
        table.add_row(label, number(row["value"], error), number(error, error),
                      interval(row["lower"], row["upper"], error), *alone)  # fmt: skip
    return table


def pairs_table(found: "Explanation", most: int | None = None) -> "Table":
    """Interactions, the largest first; most: the number of rows."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import interval, number

    table = empty_table("\nPairwise interactions (+ synergy, - redundancy)", "pair",
                  ("interaction", "95 % interval"))  # fmt: skip
    rows = found.pairs(found.outcome)
    order = rows["value"].abs().sort_values(ascending=False).index
    for row in rows.loc[order[:most]].to_dict("records"):
        error = row["mcse"]
        table.add_row(f"{row['one']} × {row['other']}", number(row["value"], error),
                      interval(row["lower"], row["upper"], error))  # fmt: skip
    if more := len(order[most:]) if most else 0:
        table.add_row(f"{more} more with --full")
    return table
