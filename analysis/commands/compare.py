"""`supportnet compare`: a what-if against a baseline."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from supportnet.analysis.commands.completion import complete_scenarios
from supportnet.analysis.commands.options import (
    AsManyReplicates,
    Full,
    Json,
    Out,
    Outcomes,
    Patients,
    Posterior,
    PrecisionAsked,
    Quiet,
    Seed,
    Set,
    Smallest,
    TimeLimit,
    Uncertainty,
    Weeks,
    Workers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    import pandas as pd
    from rich.table import Table

    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.commands.progress import ReportShare
    from supportnet.analysis.results.comparison import Comparison
    from supportnet.experiments.comparison.adaptive import PreciseComparison


def compare(
    baseline: Annotated[
        str,
        typer.Argument(
            help="Baseline: a scenario of the library, or the path of a TOML file.",
            autocompletion=complete_scenarios,
        ),
    ],
    others: Annotated[
        list[str],
        typer.Argument(
            metavar="OTHER...", help="One or more scenarios to compare with it.", autocompletion=complete_scenarios
        ),
    ],
    patients: Patients = None,
    weeks: Weeks = None,
    seed: Seed = 1,
    replicates: AsManyReplicates = None,
    precision: PrecisionAsked = None,
    time_limit: TimeLimit = None,
    workers: Workers = None,
    out: Out = None,
    values: Set = None,
    independent: Annotated[
        bool,
        typer.Option("--independent", help="Use independent random streams for each scenario. [common random numbers]"),
    ] = False,
    uncertainty: Uncertainty = None,
    posterior: Posterior = "",
    smallest: Smallest = None,
    outcome: Outcomes = None,
    full: Full = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare scenarios with a baseline: differences with intervals; with --full also effects by group, and a ranking.

    All scenarios share the same people and random numbers, so differences come from what a scenario changes; if a
    scenario has different people, the output says so. Replicates are added until differences in recovery are precise
    (--precision), or --replicates gives their number. --set applies to all scenarios. The same command continues after
    an interruption.

    \b
    Examples:
      supportnet compare today smaller-caseloads
      supportnet compare today peer-workforce befriending-drive family-work --replicates 50 --weeks 156
    """
    from supportnet.analysis.commands.options import afford, outcomes_shown, overrides, smallest_asked
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import default_folder, unfinished_store, written_together
    from supportnet.analysis.results.comparison import Comparison
    from supportnet.experiments.comparison.adaptive import compare_until_precise, first_stage, precision_asked
    from supportnet.experiments.comparison.compare import compare_ensembles
    from supportnet.experiments.comparison.plan import ComparisonPlan
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.resource_needs import of_compare

    output, n, shown = Output(as_json, quiet), threads(workers), outcomes_shown(outcome, full)
    until = precision_asked(replicates, precision, time_limit)
    plan = ComparisonPlan.of(
        (baseline, *others), 1 if replicates is None else replicates, seed,
        values=overrides(patients, weeks, values), independent=independent, uncertainty=uncertainty,
        posterior=posterior, smallest=smallest_asked(smallest),
    )  # fmt: skip
    plan = first_stage(plan) if until else plan
    afford(of_compare(plan, n), "--replicates, --patients or --weeks", output)
    asked = {**plan.request, **(asdict(until) if until else {})}
    folder = out or default_folder([scenario.name for scenario in plan.scenarios], asked)
    store = unfinished_store(folder, "compare")

    def stage(replicates: int) -> "AbstractContextManager[ReportShare | None]":
        return output.progress(f"Comparing {len(plan.scenarios)} scenarios in {replicates} replicates")

    with written_together(folder, "compare", store) as hidden:
        if until:
            reached = compare_until_precise(plan, until, n, stage, store)
            comparison = Comparison.of(reached.comparison)
        else:
            with stage(len(plan.sampling.replicates)) as progress:
                comparison = Comparison.of(compare_ensembles(plan, n, progress, store))
        names = comparison.write(hidden)
    show_comparison(comparison, output, shown, full)
    precision_reached = {}
    if until:
        output.note(precision_in_words(reached))
        precision_reached = {"precision": {"asked": until.error, "reached": reached.error}}
    output.note(f"\nFigure and tables: {folder}")
    output.answer({**comparison.to_dict(), **precision_reached, "files": {name: str(folder / name) for name in names}})
    failed = [(world.scenario.name, one) for world in comparison.worlds for one in world.failed]
    output.conclude([(f"{name}, replicate {one.replicate}", one.error) for name, one in failed])


def precision_in_words(reached: "PreciseComparison") -> str:
    """How many replicates there are, how long they took, and how precise differences in recovery are."""
    from supportnet.analysis.wording.formatting import amount_of_time, counted, share

    n, asked = counted(reached.comparison.n_replicates, "replicate"), reached.asked
    took, found = amount_of_time(reached.seconds), share(reached.error)
    about = f"{n} in {took}: the Monte Carlo error of no difference in recovery is more than {found} of it"
    if reached.is_precise:
        return f"{about} ({share(asked.error)} asked)."
    return (
        f"{about}, but {share(asked.error)} is asked: more would have taken longer than {asked.minutes:g} min "
        f"(--time-limit), or there are no more draws."
    )


def show_comparison(found: "Comparison", output: "Output", shown: list[str], full: bool) -> None:
    """Personal recovery and cost in words, a table of outcomes, and with `full` all results."""
    from supportnet.analysis.commands.terminal_tables import comparison_tables

    for line in first_lines(found):
        output.note(line)
    for table in comparison_tables(found, shown, full):
        output.show(table)
    several = ", not adjusted for the number of comparisons; for adjusted ones see differences.csv"
    output.note(f"{found.interval}{several if len(found.worlds) > 2 else ''}.")
    if full:
        show_full(found, output, shown)
    for caution in found.cautions:
        output.note(f"Caution: {caution}.")
    if not full:
        for_whom = ", for whom" if found.for_whom is not None else ""
        ranking = ", the ranking" if len(found.names) > 2 and len(found.ranked) > 1 else ""
        output.note(f"With --full: every outcome{for_whom}{ranking}. The files contain everything.")


def first_lines(found: "Comparison") -> "Iterator[str]":
    """Two lines for each scenario, and for whom; nothing where there are too many: a table has them."""
    from supportnet.analysis.commands.terminal_tables import MOST_SCENARIOS
    from supportnet.analysis.wording.verdicts import difference_lines

    if len(found.names[1:]) > MOST_SCENARIOS:
        return
    for name in found.names[1:]:
        if len(found.names) > 2:
            yield f"{name}:"
        rows = found.differences[found.differences["scenario"] == name].to_dict("records")
        indent = "  " if len(found.names) > 2 else ""
        remark = [f"{found.remarks[name].capitalize()} (see the caution below)."] if found.remarks[name] else []
        for line in (
            *difference_lines(rows, found.baseline, found.draws is not None),
            *for_whom_line(found, name),
            *remark,
        ):
            yield indent + line


def for_whom_line(found: "Comparison", name: str) -> "Iterator[str]":
    """How many are better and worse off, and which group gains most, where the same people are in both scenarios."""
    from supportnet.analysis.commands.terminal_tables import GROUPS
    from supportnet.analysis.wording.formatting import difference_digits, interval, number, share
    from supportnet.experiments.comparison.subgroups import EVERYBODY, NOTABLE

    if (persons := found.for_whom) is not None:
        (row,) = persons[(persons["scenario"] == name) & (persons["group"] == EVERYBODY)].to_dict("records")
        yield (
            f"For whom: {share(row['better'])} of people better off and {share(row['worse'])} worse off by more than "
            f"{NOTABLE:g} points."
        )
        rows = persons[(persons["scenario"] == name) & (persons["contrast_lower"] > 0.0)]
        for most in rows.sort_values("contrast").tail(1).to_dict("records"):
            ends = most["contrast_lower"], most["contrast_upper"]
            digits = difference_digits("qpr", most["contrast_mcse"], *ends)
            yield (
                f"Most is gained by: {GROUPS.get(most['group'], most['group'])}, {number(most['contrast'], digits)} "
                f"points more than everybody else ({interval(*ends, digits)})."
            )


def show_full(found: "Comparison", output: "Output", shown: list[str]) -> None:
    """For whom, what else changed for those worse off, how effects differ between people, the ranking."""
    from supportnet.analysis.commands.terminal_tables import for_whom_table, ranking_table
    from supportnet.experiments.comparison.service_changes import NOT_RANKED
    from supportnet.experiments.comparison.subgroups import CAUTION

    if (persons := found.for_whom) is not None:
        for name in found.names[1:]:
            output.show(for_whom_table(persons, name, found.remarks[name]))
            show_harmed(found, name, output)
        output.show(spread_table(persons))
        output.note(CAUTION)
    if len(found.worlds) > 2 and len(found.ranked) > 1:
        output.show(ranking_table(found, shown))
        if cuts := [name for name in found.names if found.remarks[name] == NOT_RANKED]:
            output.note(f"{', '.join(cuts)}: {NOT_RANKED}.")


def show_harmed(found: "Comparison", name: str, output: "Output") -> None:
    """What else changed for those who are worse off, where they are enough to say."""
    from supportnet.analysis.commands.terminal_tables import harmed_table
    from supportnet.analysis.wording.formatting import counted
    from supportnet.experiments.comparison.subgroups import FEW

    changes = found.what_harmed
    assert changes is not None  # told of the same people only
    worse = int(changes[changes["scenario"] == name]["people"].iloc[0])
    if worse >= FEW:
        output.show(harmed_table(changes, name, found.baseline))
    elif worse:
        output.note(
            f"Worse off under {name}: {counted(worse, 'person', 'people')}, too few to say what else changed for them."
        )


def spread_table(persons: "pd.DataFrame") -> "Table":
    """How effects differ from person to person, in each scenario."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import qpr_points, share
    from supportnet.experiments.comparison.subgroups import EVERYBODY, NOTABLE, QUANTILES

    head = (
        "\nHow effects differ between people: difference of one person's recovery, QPR points\n"
        f"(5 % have less than p5, half less than p50, 95 % less than p95; helped, harmed: by more than {NOTABLE:g})"
    )
    table = empty_table(head, "everybody", (*QUANTILES, "helped", "harmed", "people"))
    for row in persons[persons["group"] == EVERYBODY].to_dict("records"):
        ends = (qpr_points(row[name]) for name in QUANTILES)
        table.add_row(row["scenario"], *ends, share(row["better"]), share(row["worse"]), f"{row['people']:,}")
    return table
