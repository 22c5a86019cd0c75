"""`supportnet scenarios`: the scenarios of the library."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands import completion
from supportnet.analysis.commands.options import Json, Quiet

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.sim.scenario.scenario import Scenario


def scenarios(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Scenario to print in full.", show_default=False, autocompletion=completion.complete_scenarios
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List the scenarios of the library, or print one (or one of your own) in full, with what it assumes.

    \b
    Examples:
      supportnet scenarios
      supportnet scenarios smaller-caseloads > mine.toml
    """
    from supportnet.analysis.commands.output import Output
    from supportnet.sim.errors import escaped
    from supportnet.sim.scenario.scenario import Scenario, library

    output = Output(as_json, quiet)
    if name is not None:
        chosen = Scenario.load(name)
        output.answer(
            {
                **scenario_line(chosen),
                "assumes": chosen.assumes,
                "based_on": [{"name": base, "assumes": assumes} for base, assumes in chosen.bases.items()],
                "file": scenario_text(chosen),
                "scenario": chosen.canonical(),
            }
        )
        if not as_json:
            print(escaped(scenario_text(chosen) + resolved_scenario(chosen)))
        return
    known = [scenario_line(Scenario.load(one)) for one in library()]
    output.answer({"scenarios": known})
    output.show(library_table(known))
    if not as_json:
        output.note("\nTo print one in full, with what it assumes: supportnet scenarios NAME")


def library_table(known: Sequence[dict[str, Any]]) -> "Table":
    """Table of scenarios with their people and descriptions."""
    from supportnet.analysis.commands.table_layout import empty_table

    table = empty_table("", "scenario", (), "people", "what it is")
    for one in known:
        mark = "" if one["calibrated"] else " (not calibrated)"
        table.add_row(one["name"], one["preset"] + mark, one["title"])
    return table


def scenario_line(scenario: "Scenario") -> dict[str, Any]:
    """A scenario in a few words."""
    from supportnet.analysis.wording.caveats import calibrated

    preset = scenario.population.preset
    return {
        "name": scenario.name,
        "title": scenario.title,
        "preset": preset,
        "calibrated": calibrated(scenario),
        "patients": scenario.population.patients,
        "weeks": scenario.weeks,
        "programmes": list(scenario.programmes),
    }


def scenario_text(scenario: "Scenario") -> str:
    """Its file, as it was written."""
    return scenario.layers[-1].source.text.rstrip("\n")


def resolved_scenario(scenario: "Scenario") -> str:
    """The resolved scenario, with everything it is based on, as comments of a TOML file."""
    lines = ["", "", "# With everything it is based on:"]
    for name, assumes in scenario.bases.items():
        lines += textwrap.wrap(f"{name} assumes: {assumes}", 110, initial_indent="# ", subsequent_indent="#   ")
    return "\n".join([*lines, *(f"# {line}" for line in resolved(scenario))])


def resolved(scenario: "Scenario") -> Iterator[str]:
    """Every key at the start, the parameters that differ, and the calendar."""
    from supportnet.sim.errors import as_written
    from supportnet.sim.parameters import Parameters, value
    from supportnet.sim.scenario.layers import flat

    canonical = scenario.canonical()
    population = {key: each for key, each in scenario.population.model_dump().items() if each != ""}
    settings = {"weeks": canonical["weeks"], "population": population, "services": canonical["services"]}
    settings["programmes"] = {row.pop("name"): row for row in canonical["programmes"]}
    for name, found in flat({**settings, "mechanisms": canonical["mechanisms"]}):
        if found != {}:
            yield f"{name} = {as_written(found)}"
    if not settings["programmes"]:
        yield "programmes: none on offer"
    for name, found in scenario.parameters.items():
        where = name if name.startswith("costs.") else f'parameters."{name}"'
        yield f"{where} = {as_written(found)}   (reference: {as_written(value(Parameters(), name))})"
    for change in canonical["calendar"]:
        yield f"from week {change['week']}:"
        yield from (f"  {name} = {as_written(found)}" for name, found in flat(change) if name != "week")
