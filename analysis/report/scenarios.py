"""The scenarios of a comparison, put together again from its provenance, and what each sets, in words and as a file."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from supportnet.analysis.outputs.rerun import scenarios_compared
from supportnet.analysis.report.result_index import ResultFolder
from supportnet.sim.errors import as_written
from supportnet.sim.scenario.calendar import EVERYBODY
from supportnet.sim.scenario.layers import flat, nested
from supportnet.sim.scenario.scenario import Scenario, library, row_of
from supportnet.sim.storage.toml_files import toml_text

ROOT = "today"  # what a file that is written out in full is based on


def scenarios_of(comparison: ResultFolder) -> list[Scenario]:
    """The scenarios of a comparison, the baseline first. Raises UserInputError where its provenance does not tell
    them."""
    return scenarios_compared(comparison.metadata, comparison.folder)


def what_it_sets(scenario: Scenario, baseline: Scenario) -> list[tuple[str, str, str]]:
    """Dotted name, value in the baseline and here, of all that differs between the two."""
    before, after = (dict(flat(scenario_tables(one))) for one in (baseline, scenario))
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [(name, value_in_words(before.get(name)), value_in_words(after.get(name))) for name in names]


def scenario_tables(scenario: Scenario) -> dict[str, Any]:
    """All that a scenario says, as tables by name; programmes that are not on offer too."""
    programmes = {name: row_of(programme) for name, programme in scenario.every_programme.items()}
    return {**scenario.canonical(), "programmes": programmes}


def as_file(scenario: Scenario) -> str:
    """The scenario as a file: the library's, where it is that one; else all that differs from `today`."""
    if in_library(scenario):
        size = f"population.patients = {scenario.population.patients}, weeks = {scenario.weeks}"
        text = files("supportnet.sim").joinpath("scenarios", f"{scenario.name}.toml").read_text("utf-8")
        return f"# {scenario.name} of the library; here with {size}\n{text}"
    return written_out(scenario)


def in_library(scenario: Scenario) -> bool:
    """Whether it is the library's scenario of its name, but for the number of people and weeks."""
    given = {"population.patients": scenario.population.patients, "weeks": scenario.weeks}
    return scenario.name in library() and Scenario.load(scenario.name, given).canonical() == scenario.canonical()


def written_out(scenario: Scenario) -> str:
    """The text of a file that says all that differs from `today`."""
    base = Scenario.load(ROOT)
    note = (
        f"# as resolved; its people start under services other than those of {ROOT!r}, which this file cannot state\n"
    )
    before = dict(flat(scenario_tables(base)))
    changed = {
        name: value
        for name, value in flat(scenario_tables(scenario))
        if before.get(name) != value and name.partition(".")[0] not in ("root_services", "calendar")
    }
    labels = {"based_on": ROOT, "title": scenario.title, "assumes": scenario.assumes}
    calendar = [entry for change in scenario.canonical()["calendar"] for entry in entries(change)]
    text = toml_text({**labels, **nested(changed)} | ({"calendar": calendar} if calendar else {}))
    return text if scenario.root_services == base.root_services else note + text


def entries(change: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The calendar's entries with such a change: for everyone, and for each group whose services change."""
    everybody = {section: change[section] for section in ("programmes", "mechanisms") if section in change}
    parts = [("", everybody)] if everybody else []
    parts += [(group, {"services": levers}) for group, levers in change.get("services", {}).items()]
    for group, content in parts:
        target = {"target": group} if group not in ("", EVERYBODY) else {}
        yield {"week": change["week"], **target, "set": dict(flat(content))}


def value_in_words(value: object) -> str:
    return "–" if value is None else as_written(value)
