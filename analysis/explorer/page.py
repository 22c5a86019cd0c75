"""What the page needs to know before anything is asked: levers, scenarios, outcomes, words."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from supportnet.analysis.explorer.asked import (
    PEOPLE,
    REPLICATES,
    VERSION,
    WEEKS,
    WhatIf,
    choices_of_uncertainty,
    starting_scenarios,
)
from supportnet.analysis.explorer.lesson import as_data, lessons
from supportnet.analysis.explorer.levers import page_levers
from supportnet.analysis.explorer.lives import MECHANISM_NAMES
from supportnet.analysis.explorer.worlds import SHOWN
from supportnet.sim.enums import Process, Role, SupportFunction
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.calendar import EVERYBODY, Change
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.scenario.schema import SHARE_PSYCHOSIS

LANGUAGE = "en"


@cache
def about_page(own: str = "") -> dict[str, Any]:
    """Everything that is the same for every page."""
    start = WhatIf()
    return {
        "version": VERSION,
        "start": {
            name: getattr(start, name) for name in ("scenario", "preset", "patients", "weeks", "seed", "uncertain")
        },
        "limits": {"patients": PEOPLE, "weeks": WEEKS},
        "replicates": REPLICATES,
        "presets": list(SHARE_PSYCHOSIS),
        "uncertain": choices_of_uncertainty(),
        "levers": [
            {**lever._asdict(), "group": lever.group, "switch": lever.is_switch} for lever in page_levers().values()
        ],
        "scenarios": [about_scenario(name, path) for name, path in starting_scenarios(own).items()],
        "outcomes": {name: {"unit": OUTCOMES[name].unit, "better": OUTCOMES[name].better} for name in SHOWN},
        "roles": Role.words(),
        "processes": Process.words(),
        "mechanisms": MECHANISM_NAMES,
        "functions": SupportFunction.words(),
        "words": page_texts(),
        "lessons": [as_data(lesson) for lesson in lessons()],
    }


def about_scenario(name: str, path: str) -> dict[str, Any]:
    """A scenario: what it assumes, and where its levers stand."""
    scenario = Scenario.load(path)
    return {
        "name": name, "title": scenario.title, "assumes": scenario.assumes,
        "values": {lever: value_in(scenario, lever) for lever in page_levers()},
        "calendar": [{"week": change.week, "sets": set_in(change)} for change in scenario.calendar],
    }  # fmt: skip


def value_in(scenario: Scenario, lever: str) -> float | bool:
    """Where a lever stands at the start of a scenario."""
    section, _, rest = lever.partition(".")
    if section == "services":
        return float(getattr(scenario.services, rest))
    if section == "programmes":
        return float(scenario.every_programme[rest.removesuffix(".coverage")].coverage)
    return rest not in scenario.mechanisms


def set_in(change: Change) -> dict[str, float | bool]:
    """Where levers are put by what a scenario changes in a week, for everybody."""
    services = {f"services.{name}": value for name, value in change.services.get(EVERYBODY, {}).items()}
    programmes = {
        f"programmes.{name}.coverage": row["coverage"] for name, row in change.programmes.items() if "coverage" in row
    }
    mechanisms = {f"mechanisms.{name}": setting is True for name, setting in change.mechanisms.items()}
    return {name: value for name, value in (services | programmes | mechanisms).items() if name in page_levers()}


@cache
def page_texts() -> dict[str, Any]:
    """Every text of the page, in the one file in which it is translated."""
    return tomllib.loads(files("supportnet.analysis.explorer").joinpath("words", f"{LANGUAGE}.toml").read_text("utf-8"))
