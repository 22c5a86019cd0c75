"""`supportnet study`: what a study will run, before anything is started."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands import completion
from supportnet.analysis.commands.command_group import Commands
from supportnet.analysis.commands.options import Json, Quiet, Workers

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.experiments.runs.cost_forecast import Forecast
    from supportnet.experiments.runs.plan import SweepPlan

study = typer.Typer(cls=Commands, help="Check what a study will run, before anything is started.", no_args_is_help=True)
Name = Annotated[
    str,
    typer.Argument(
        metavar="STUDY",
        help="A shipped study, or the path of a TOML file.",
        autocompletion=completion.complete_studies,
    ),
]


@study.callback()
def studies() -> None:
    """Check what a study will run, before anything is started."""


@study.command(short_help="Show its factors, runs, time, memory and disk space.")
def check(name: Name, workers: Workers = None, as_json: Json = False, quiet: Quiet = False) -> None:
    """Show the factors of a study, the number of its runs, and the time, memory and disk space needed, from a short
    pilot.

    \b
    Examples:
      supportnet study check levers
      supportnet study check mine.toml --workers 8
    """
    from supportnet.analysis.commands.output import Output
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.runs.cost_forecast import forecast
    from supportnet.experiments.runs.plan import plan_of
    from supportnet.experiments.study.study import StudyDefinition

    output, chosen, aside = Output(as_json, quiet), StudyDefinition.load(name), threads(workers)
    plan = plan_of(chosen)
    output.show(factors_table(plan))
    with output.progress("Timing a few runs"):
        found = forecast(plan, plan.n_runs, aside)
    for line in plan_sentences(plan, found, aside):
        output.note(line)
    output.answer(study_answer(plan, found, aside))


def factors_table(plan: "SweepPlan") -> "Table":
    """Table of the factors and their distributions."""
    from supportnet.analysis.commands.table_layout import empty_table

    table = empty_table(plan.study.title, "factor", (), "distribution", "group", "moves")
    for factor in plan.study.factors:
        table.add_row(factor.name, factor.says(), factor.group or "–", factor.tunable.expected)
    return table


def plan_sentences(plan: "SweepPlan", found: "Forecast", workers: int) -> list[str]:
    """The plan and its cost, in sentences."""
    from supportnet.analysis.wording.formatting import amount_of_time, counted

    design, study = plan.study.design, plan.study
    kind = design.kind.replace("_", " ")
    lines = [
        f"{counted(len(study.scenarios), 'scenario')} × {counted(plan.n_points, 'design point')} ({kind}) × "
        f"{counted(plan.replicates, 'replicate')} = {counted(plan.n_runs, 'run')}, "
        f"{study.file.measure} of {counted(len(study.weeks), 'week')}.",
        f"A run takes about {of_a_run(found.seconds_a_run)}; all of them about "
        f"{amount_of_time(found.seconds)} with {counted(workers, 'worker')}.",
    ]
    if found.pools:
        each = f"about {found.seconds_a_pool:.1f} s each"
        lines.append(f"Parameters vary, so {counted(found.pools, 'pool')} of people must be burned in, {each}.")
    if design.kind in ("sobol", "sobol_sequence") and design.n & (design.n - 1):
        lower = 1 << (design.n.bit_length() - 1)
        lines.append(
            f"n = {design.n:,} is not a power of two: the sample is less even than with {lower:,} or {2 * lower:,}."
        )
    lines += too_few(plan)
    lines.append(f"Memory about {found.memory / 2**20:,.0f} MiB, disk about {max(1.0, found.disk / 2**20):,.0f} MiB.")
    return lines


def too_few(plan: "SweepPlan") -> list[str]:
    """Cautions about a design for sensitivity analysis that is too small for it."""
    from supportnet.analysis.sensitivity.indices import METHODS
    from supportnet.analysis.sensitivity.study import check_method
    from supportnet.sim.errors import UserInputError

    if plan.study.design.kind not in METHODS:
        return []
    try:
        check_method(plan, plan.study.design.kind)
    except UserInputError as why:
        return [f"For a sensitivity analysis there are {why.parts['what']}: {why.parts['remedy']}."]
    return []


def study_answer(plan: "SweepPlan", found: "Forecast", workers: int) -> dict[str, Any]:
    """The result as plain values."""
    return {
        "study": plan.study.name,
        "scenarios": [scenario.name for scenario in plan.study.scenarios],
        "design": plan.study.design.kind,
        "design_points": plan.n_points,
        "replicates": plan.replicates,
        "workers": workers,
        "factors": [{"factor": factor.name, "distribution": factor.says()} for factor in plan.study.factors],
        **found._asdict(),
    }


def of_a_run(seconds: float) -> str:
    """The time of a run, in words."""
    return f"{seconds:.1f} s" if seconds >= 1.0 else f"{1000.0 * seconds:.3g} ms"
