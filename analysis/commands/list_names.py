"""`supportnet list`: the names that files and options use."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.options import Json, Quiet

if TYPE_CHECKING:
    from rich.table import Table

Rows = Iterator[dict[str, Any]]


def complete_kinds(incomplete: str) -> Iterator[str]:
    """Names of lists, for shell completion."""
    yield from (kind for kind in KINDS if kind.startswith(incomplete))


def list_names(
    kind: Annotated[
        str,
        typer.Argument(metavar="outcomes|levers|parameters|programmes|scenarios", autocompletion=complete_kinds),
    ],
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Only names with this in them.")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List names used in files and options, with their units, ranges, sources and default values.

    \b
    Examples:
      supportnet list outcomes
      supportnet list levers --json
      supportnet list parameters bond.trust
    """
    from supportnet.analysis.commands.output import Output
    from supportnet.sim.errors import UserInputError, names_with, nearest

    if kind not in KINDS:
        expected, remedy = ", ".join(KINDS), nearest(kind, KINDS)
        raise UserInputError("there is no such list", found=kind, expected=expected, remedy=remedy)
    output, rows = Output(as_json, quiet), list(KINDS[kind]())
    key = next(iter(rows[0]))
    chosen = names_with(name, [row[key] for row in rows], kind)
    rows = [row for row in rows if row[key] in chosen]
    output.show(names_table(rows))
    output.answer({kind: rows})


def names_table(rows: Sequence[dict[str, Any]]) -> "Table":
    """Names with the properties of each: numbers first, then words."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import unit_in_words

    name, *others = rows[0]
    numbers = [one for one in others if all(type(row[one]) in (int, float) for row in rows)]
    words = [one for one in others if one not in numbers]
    table = empty_table("", name, tuple(numbers), *words)
    for row in rows:
        table.add_row(*(unit_in_words(value_as_written(row[one])) for one in (name, *numbers, *words)))
    return table


def value_as_written(value: Any) -> str:
    """A value as it is written in a file."""
    from supportnet.sim.errors import as_written

    return value if isinstance(value, str) else as_written(value)


def outcome_rows() -> Rows:
    from supportnet.sim.outcomes import OUTCOMES

    for name, one in OUTCOMES.items():
        yield {"outcome": name, "unit": one.unit, "better": one.better or "neither", "what it is": one.meaning}


def lever_rows() -> Rows:
    """What a scenario, `--set` or a factor of a study may change about people, services, programmes and mechanisms."""
    from supportnet.experiments.study.tunables import tunables
    from supportnet.sim.parameters import numbers
    from supportnet.sim.scenario.scenario import Scenario

    today = Scenario.load("today")
    tables: dict[str, Any] = {"population": today.population, "services": today.services}
    tables |= {f"programmes.{name}": row for name, row in today.every_programme.items()}
    for name, about in tunables([today]).items():
        section, _, key = name.rpartition(".")
        if name not in numbers():
            yield {"lever": name, "today": getattr(tables.get(section), key, "–"), "values": about.expected}


def parameter_rows() -> Rows:
    """Parameters of the model."""
    from supportnet.sim.parameters import Parameters, numbers, value

    for name, about in numbers().items():
        yield {
            "parameter": name,
            "value": value(Parameters(), name),
            "unit": about.unit,
            "low": about.low,
            "high": about.high,
            "source": about.source,
        }


def programme_rows() -> Rows:
    from supportnet.sim.scenario.scenario import Scenario

    for name, row in Scenario.load("today").every_programme.items():
        yield {
            "programme": name,
            "title": row.title,
            "delivered by": row.delivered_by,
            "reciprocity": row.reciprocity,
            "expert": row.expert,
            "sessions a week": row.sessions_per_week,
            "weeks": row.weeks,
        }


def scenario_rows() -> Rows:
    from supportnet.sim.scenario.scenario import Scenario, library

    for name in library():
        scenario = Scenario.load(name)
        yield {"scenario": name, "people": scenario.population.preset, "title": scenario.title}


KINDS: dict[str, Callable[[], Rows]] = {
    "outcomes": outcome_rows,
    "levers": lever_rows,
    "parameters": parameter_rows,
    "programmes": programme_rows,
    "scenarios": scenario_rows,
}
