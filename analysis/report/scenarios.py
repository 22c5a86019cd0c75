"""The scenarios of a comparison, put together again from its provenance, and what each sets, in words and as a file."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from supportnet.analysis.outputs.rerun import scenarios_compared
from supportnet.analysis.report.result_index import Result
from supportnet.sim.errors import as_written
from supportnet.sim.scenario.calendar import EVERYBODY
from supportnet.sim.scenario.layers import flat
from supportnet.sim.scenario.scenario import Scenario, library, row_of

ROOT = "today"  # what a file that is written out in full is based on


def scenarios_of(comparison: Result) -> list[Scenario]:
    """The scenarios of a comparison, the baseline first. Raises UserInputError where its provenance does not tell
    them."""
    return scenarios_compared(comparison.told, comparison.folder)


def what_it_sets(scenario: Scenario, baseline: Scenario) -> list[tuple[str, str, str]]:
    """Dotted name, value in the baseline and here, of all that differs between the two."""
    before, after = (dict(flat(plain(one))) for one in (baseline, scenario))
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [(name, said(before.get(name)), said(after.get(name))) for name in names]


def plain(scenario: Scenario) -> dict[str, Any]:
    """All that a scenario says, as tables by name; programmes that are not on offer too."""
    programmes = {name: row_of(programme) for name, programme in scenario.every_programme.items()}
    return {**scenario.canonical(), "programmes": programmes}


def as_file(scenario: Scenario) -> str:
    """The scenario as a file: the library's, where it is that one; else all that differs from `today`."""
    if in_library(scenario):
        lived = f"population.patients = {scenario.population.patients}, weeks = {scenario.weeks}"
        text = files("supportnet.sim").joinpath("scenarios", f"{scenario.name}.toml").read_text("utf-8")
        return f"# {scenario.name} of the library; lived here with {lived}\n{text}"
    return "\n".join(written_out(scenario)) + "\n"


def in_library(scenario: Scenario) -> bool:
    """Whether it is the library's scenario of its name, but for how many people live it and how long."""
    given = {"population.patients": scenario.population.patients, "weeks": scenario.weeks}
    return scenario.name in library() and Scenario.load(scenario.name, given).canonical() == scenario.canonical()


def written_out(scenario: Scenario) -> Iterator[str]:
    """The lines of a file that says all that differs from `today`."""
    base = Scenario.load(ROOT)
    if scenario.root_services != base.root_services:
        yield f"# as resolved; its people come from services other than those of {ROOT!r}, which this file cannot say"
    yield f'based_on = "{ROOT}"'
    yield f"title = {as_written(scenario.title)}"
    yield f"assumes = {as_written(scenario.assumes)}"
    before = dict(flat(plain(base)))
    tables: dict[str, list[str]] = {"": []}
    for name, value in flat(plain(scenario)):
        section, _, key = name.partition(".") if "." in name else ("", "", name)
        if section == "programmes":
            programme, _, key = key.partition(".")
            section = f"programmes.{programme}"
        if before.get(name) != value and section != "root_services" and name != "calendar":
            tables.setdefault(section, []).append(f"{key} = {as_written(value)}")
    for section, lines in tables.items():
        if lines:
            yield from ([f"[{section}]", *lines] if section else lines)
    for change in scenario.canonical()["calendar"]:
        yield from entries(change)


def entries(change: Mapping[str, Any]) -> Iterator[str]:
    """The calendar's entries that say such a change: for everybody, and for each group that services change for."""
    everybody = {section: change[section] for section in ("programmes", "mechanisms") if section in change}
    parts = [("", everybody)] if everybody else []
    parts += [(group, {"services": levers}) for group, levers in change.get("services", {}).items()]
    for group, content in parts:
        target = f"target = {as_written(group)}" if group not in ("", EVERYBODY) else ""
        values = ", ".join(f'"{name}" = {as_written(value)}' for name, value in flat(content))
        yield from filter(None, ["[[calendar]]", f"week = {change['week']}", target, f"set = {{ {values} }}"])


def said(value: object) -> str:
    return "–" if value is None else as_written(value)
