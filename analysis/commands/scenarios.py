"""`supportnet scenarios`: what is in the library."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.commands.options import Json, Quiet

if TYPE_CHECKING:
    from sim.scenario import Scenario


def scenarios(
    name: Annotated[str | None, typer.Argument(help="Print this one in full.", show_default=False)] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The scenarios that ship, or one of them (or one of your own) in full, with what it assumes.

    \b
    Examples:
      supportnet scenarios
      supportnet scenarios smaller-caseloads > mine.toml
    """
    from analysis.commands.telling import Telling
    from sim.scenario import Scenario, library

    tell = Telling(as_json, quiet)
    if name is not None:
        chosen = Scenario.load(name)
        tell.answer({**about(chosen), "assumes": chosen.assumes, "file": text(chosen), "scenario": chosen.canonical()})
        if not as_json:
            tell.note(text(chosen) + settled(chosen))
        return
    known = [Scenario.load(one) for one in library()]
    tell.answer({"scenarios": [about(scenario) for scenario in known]})
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("scenario", "people"):
        table.add_column(column, no_wrap=True)
    table.add_column("what it is")
    for scenario in known:
        described = about(scenario)
        mark = "" if described["calibrated"] else " (not calibrated)"
        table.add_row(scenario.name, described["preset"] + mark, scenario.title)
    tell.show(table)
    if not as_json:
        tell.note("\nOne in full, with what it assumes: supportnet scenarios NAME")


def about(scenario: "Scenario") -> dict[str, Any]:
    """A scenario in a few words."""
    from analysis.cautions import calibrated

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


def text(scenario: "Scenario") -> str:
    """Its file, as it was written."""
    return scenario.layers[-1].source.text.rstrip("\n")


def settled(scenario: "Scenario") -> str:
    """What holds once everything that it is based on is read, as comments of a TOML file."""
    lines = ["", "", "# With everything that it is based on:"]
    lines += [f"# {key} = {value!r}" for key, value in scenario.population.model_dump().items() if value]
    lines += [f"# services.{key} = {value:g}" for key, value in scenario.services.model_dump().items()]
    for name, row in scenario.programmes.items():
        lines.append(
            f"# programmes.{name}: {row.coverage:.0%} of people, {row.sessions_per_week:g} a week, {row.weeks:g} weeks"
        )
    if not scenario.programmes:
        lines.append("# programmes: none on offer")
    return "\n".join(lines)
