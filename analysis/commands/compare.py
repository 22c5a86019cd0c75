"""`supportnet compare`: a what-if against a baseline."""

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
    import pandas as pd
    from rich.table import Table

    from supportnet.analysis.commands.output import Output
    from supportnet.experiments.comparison.comparison import Comparison


def compare(
    baseline: Annotated[
        str, typer.Argument(help="What the others are compared with: a name or the path of a TOML file.")
    ],
    others: Annotated[list[str], typer.Argument(metavar="OTHER...", help="One or more other scenarios.")],
    patients: Patients = None,
    weeks: Weeks = None,
    seed: Seed = 1,
    replicates: Replicates = 20,
    workers: Workers = None,
    out: Out = None,
    values: Set = None,
    independent: Annotated[
        bool, typer.Option("--independent", help="Each world draws its luck on its own, instead of the same for all.")
    ] = False,
    uncertainty: Uncertainty = None,
    posterior: Posterior = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """What a policy would change: differences from a baseline with their intervals, a ranking, and for whom.

    The same people meet the same luck in every world, so that what differs is what the scenario changes; where a
    scenario has other people, that is said. --set holds for all scenarios.

    \b
    Examples:
      supportnet compare today smaller-caseloads
      supportnet compare today peer-workforce befriending-drive family-work --replicates 50 --weeks 156
    """
    from supportnet.analysis.commands.options import afford, overrides, threads
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import default_folder, written_together
    from supportnet.analysis.outputs.comparison import write_comparison
    from supportnet.experiments.comparison import compare as comparing
    from supportnet.experiments.comparison.comparison import compare_request
    from supportnet.experiments.ensemble.ensemble import replicate_numbers
    from supportnet.experiments.posterior.propagation import draws_for
    from supportnet.experiments.resource_needs import of_compare
    from supportnet.sim.scenario.scenario import Scenario

    tell, given = Output(as_json, quiet), overrides(patients, weeks, values)
    scenarios = comparing.comparable([Scenario.load(name, given) for name in (baseline, *others)])
    draws = draws_for(uncertainty, scenarios, posterior)
    needs = of_compare(scenarios, replicates, n := threads(workers), draws, not independent)
    afford(needs, "--replicates, --patients or --weeks", tell)
    request = compare_request(scenarios, seed, replicate_numbers(replicates, seed), independent, draws)
    folder = out or default_folder([scenario.name for scenario in scenarios], request)
    with written_together(folder, "compare") as hidden:
        with tell.progress(f"Comparing {len(scenarios)} scenarios") as progress:
            found = comparing.compare(
                *scenarios, replicates=replicates, seed=seed, workers=n, independent=independent,
                progress=progress, posterior=draws,
            )  # fmt: skip
        names = write_comparison(found, hidden)
    tell_comparison(found, tell)
    tell.note(f"\nFigure and tables: {folder}")
    tell.answer(as_plain(found, {name: str(folder / name) for name in names}))
    failed = [(world.scenario.name, one) for world in found.worlds for one in world.failed]
    tell.conclude([(f"{name}, replicate {one.replicate}", one.error) for name, one in failed])


def as_plain(found: "Comparison", files: dict[str, str]) -> dict[str, Any]:
    """The answer for programs."""
    from supportnet.analysis.wording.caveats import compare_cautions
    from supportnet.experiments.comparison.subgroups import CAUTION
    from supportnet.experiments.ensemble.estimates import contains

    ranking = []
    for outcome, rows in found.ranking.groupby("outcome", sort=False):
        best = dict(zip(rows["scenario"], rows["probability_best"], strict=True))
        ranking.append({"outcome": outcome, "order": list(rows["scenario"]), "probability_best": best})
    persons = found.for_whom
    return {
        "baseline": found.baseline,
        "seed": found.seed,
        "replicates": found.n_replicates,
        "independent": found.independent,
        "run_identity": found.run_identity,
        "interval": contains(found.draws),
        "posterior": found.request.get("posterior", ""),
        "cautions": compare_cautions(found),
        "differences": found.differences.to_dict("records"),
        "ranking": ranking,
        "for_whom": [] if persons is None else persons.to_dict("records"),
        "harmed": [] if found.what_harmed is None else found.what_harmed.to_dict("records"),
        "for_whom_caution": CAUTION,
        "files": files,
    }


def tell_comparison(found: "Comparison", tell: "Output") -> None:
    """Tables for people: differences in the headline outcomes, for whom, and the ranking."""
    from supportnet.analysis.commands.terminal_tables import differences_table, for_whom_table, ranking_table
    from supportnet.analysis.wording.caveats import compare_cautions
    from supportnet.experiments.comparison.subgroups import CAUTION
    from supportnet.experiments.ensemble.estimates import contains

    for world in found.worlds[1:]:
        tell.show(differences_table(found, world.scenario.name, world.scenario.title))
    several = "; each by itself, not adjusted for their number: differences.csv has adjusted ones too"
    tell.note(f"Interval: {contains(found.draws)}{several if len(found.worlds) > 2 else ''}.")
    persons = found.for_whom
    if persons is not None:
        for name in found.names[1:]:
            tell.show(for_whom_table(persons, name))
            tell_harmed(found, name, tell)
        tell.show(spread_table(persons))
        tell.note(CAUTION)
    if len(found.worlds) > 2:
        tell.show(ranking_table(found))
    for caution in compare_cautions(found):
        tell.note(f"Caution: {caution}.")


def tell_harmed(found: "Comparison", name: str, tell: "Output") -> None:
    """What else changed for those who are worse off, where they are enough to say."""
    from supportnet.analysis.commands.terminal_tables import harmed_table
    from supportnet.analysis.wording.formatting import counted
    from supportnet.experiments.comparison.subgroups import FEW

    changes = found.what_harmed
    assert changes is not None  # told of the same people only
    worse = int(changes[changes["scenario"] == name]["people"].iloc[0])
    if worse >= FEW:
        tell.show(harmed_table(changes, name, found.baseline))
    elif worse:
        tell.note(
            f"Worse off under {name}: {counted(worse, 'person', 'people')}, too few to say what else changed for them."
        )


def spread_table(persons: "pd.DataFrame") -> "Table":
    """How effects differ from person to person, in each scenario."""
    from supportnet.analysis.commands.terminal_tables import blank
    from supportnet.analysis.wording.formatting import points
    from supportnet.experiments.comparison.subgroups import EVERYBODY, NOTABLE, QUANTILES

    head = (
        "\nHow effects differ between people: difference of one person's recovery, QPR points\n"
        f"(5 % have less than p5, half less than p50, 95 % less than p95; helped, harmed: by more than {NOTABLE:g})"
    )
    table = blank(head, "everybody", (*QUANTILES, "helped", "harmed", "people"))
    for row in persons[persons["group"] == EVERYBODY].to_dict("records"):
        ends = (points(row[name]) for name in QUANTILES)
        table.add_row(row["scenario"], *ends, f"{row['better']:.1%}", f"{row['worse']:.1%}", f"{row['people']:,}")
    return table
