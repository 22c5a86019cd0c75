"""`supportnet explain`: what carries a difference between two scenarios."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.options import (
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

    from supportnet.experiments.comparison.attribution import Explained

Outcome = Annotated[str, typer.Option(help="The outcome whose difference is explained.")]
Over = Annotated[str, typer.Option(metavar="mechanisms|resources|relationships", help="Among what it is shared out.")]
HeldAt = Annotated[
    str, typer.Option("--held", metavar="baseline|off", help="Others at the baseline's mean, or switched off.")
]
Interactions = Annotated[bool, typer.Option("--interactions", help="Pairs too: who needs, or stands in for, whom.")]


def explain(
    baseline: Annotated[str, typer.Argument(help="A name or the path of a TOML file.")],
    other: Annotated[str, typer.Argument(help="The scenario whose difference from it is explained.")],
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
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """What carries a difference: shares of the seven mechanisms, the six resources or the four kinds of relationship.

    Exact Shapley values: every coalition is lived in both worlds, with whatever is outside it held. The difference is
    what is left with all held, and the sum of the shares.

    \b
    Examples:
      supportnet explain today open-dialogue --outcome qpr
      supportnet explain today peer-workforce --over relationships --held off --interactions
    """
    from supportnet.analysis.commands.options import afford, overrides, threads
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import default_folder, written_together
    from supportnet.analysis.outputs.attribution import write_explained
    from supportnet.analysis.sensitivity.study_results import outcomes_asked
    from supportnet.analysis.wording.caveats import explain_cautions
    from supportnet.experiments.comparison import attribution as explaining
    from supportnet.experiments.comparison.compare import comparable
    from supportnet.experiments.ensemble.ensemble import replicate_numbers
    from supportnet.experiments.ensemble.estimates import contains
    from supportnet.experiments.posterior.propagation import draws_for
    from supportnet.experiments.resource_needs import of_explain
    from supportnet.sim.scenario.scenario import Scenario

    tell, given = Output(as_json, quiet), overrides(patients, weeks, values)
    outcomes_asked([outcome])
    worlds = comparable([Scenario.load(name, given) for name in (baseline, other)])
    explaining.check(over, held, *worlds)
    draws = draws_for(uncertainty, worlds, posterior)
    needs = of_explain(worlds, over, replicates, n := threads(workers), draws)
    afford(needs, "--replicates, --patients or --weeks", tell)
    request = explaining.explain_request(worlds, over, held, seed, replicate_numbers(replicates, seed), draws)
    folder = out or default_folder([f"{worlds[1].name}-{outcome}"], request)
    with written_together(folder, "explain") as hidden:
        with tell.progress(f"Explaining {worlds[1].name}") as progress:
            found = explaining.explain(
                *worlds, over=over, held=held, replicates=replicates, seed=seed, workers=n,
                progress=progress, posterior=draws,
            )  # fmt: skip
        names = write_explained(found, outcome, pairs, hidden)
    tell.show(shares_table(found, outcome))
    if pairs:
        tell.show(pairs_table(found, outcome))
    tell.note(f"Interval: {contains(found.draws)}. Alone: what is lost when this one only is held.")
    for caution in explain_cautions(found, outcome):
        tell.note(f"Caution: {caution}.")
    tell.note(f"\nFigure and tables: {folder}")
    tell.answer(as_plain(found, outcome, pairs, {name: str(folder / name) for name in names}))


def shares_table(found: "Explained", outcome: str) -> "Table":
    """Shares, the largest first, between what is left with all held and the whole."""
    from supportnet.analysis.commands.terminal_tables import blank
    from supportnet.analysis.wording.formatting import counted, interval, number
    from supportnet.sim.outcomes import OUTCOMES

    base, other = found.worlds
    held = "held at the baseline's mean" if found.held == "baseline" else "switched off"
    n = counted(len(found.replicates), "replicate")
    head = f"{other.title}\n{outcome} ({OUTCOMES[outcome].unit}), {other.name} less {base.name}: others {held}\n{n}"
    table = blank(
        f"{head}, seed {found.seed}", found.over, ("share", "± mcse", "95 % interval", "alone", "95 % interval")
    )
    shares = found.shares(outcome)
    order = list(shares.loc[found.players].sort_values("value", ascending=False).index)
    for name in ("without", *order, "difference"):
        row = shares.loc[name]
        error = row["mcse"]
        alone = (number(row["knockout"], error), interval(row["knockout_lower"], row["knockout_upper"], error))
        label = {"without": "with all of them held", "difference": "whole difference"}.get(name, name)
        table.add_row(label, number(row["value"], error), number(error, error),
                      interval(row["lower"], row["upper"], error), *alone)  # fmt: skip
    return table


def pairs_table(found: "Explained", outcome: str) -> "Table":
    """Interactions, the largest first."""
    from supportnet.analysis.commands.terminal_tables import blank
    from supportnet.analysis.wording.formatting import interval, number

    table = blank("\nTogether beyond each alone (+ they need, - they replace each other)", "pair",
                  ("interaction", "95 % interval"))  # fmt: skip
    rows = found.pairs(outcome)
    for row in rows.loc[rows["value"].abs().sort_values(ascending=False).index].to_dict("records"):
        error = row["mcse"]
        table.add_row(f"{row['one']} × {row['other']}", number(row["value"], error),
                      interval(row["lower"], row["upper"], error))  # fmt: skip
    return table


def as_plain(found: "Explained", outcome: str, pairs: bool, files: dict[str, str]) -> dict[str, Any]:
    """The answer for programs: difference = without + the sum of shares."""
    from supportnet.analysis.wording.caveats import explain_cautions
    from supportnet.experiments.ensemble.estimates import contains

    shares = found.shares(outcome).to_dict("index")
    whole, without = shares.pop("difference"), shares.pop("without")
    return {
        "baseline": found.worlds[0].name,
        "other": found.worlds[1].name,
        "outcome": outcome,
        "over": found.over,
        "held": found.held,
        "replicates": len(found.replicates),
        "seed": found.seed,
        "run_identity": found.run_identity,
        "interval": contains(found.draws),
        "cautions": explain_cautions(found, outcome),
        "difference": whole["value"],
        "difference_interval": [whole["lower"], whole["upper"]],
        "without": without["value"],
        "without_interval": [without["lower"], without["upper"]],
        "shares": shares,
        "interactions": found.pairs(outcome).to_dict("records") if pairs else [],
        "files": files,
    }
