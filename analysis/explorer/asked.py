"""What a page asks for: today and a what-if, as its address says, and the same as a scenario file."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from supportnet.analysis.explorer.levers import OFF, ON, page_levers
from supportnet.experiments.posterior.posterior import Posterior, shipped_draws_path
from supportnet.experiments.posterior.propagation import draws_for
from supportnet.sim.area.simulation import HIGHEST_SEED
from supportnet.sim.errors import UserInputError, as_written, nearest
from supportnet.sim.scenario.files import Source, find_scenario, parsed_scenario
from supportnet.sim.scenario.layers import merged, nested
from supportnet.sim.scenario.scenario import Scenario, library
from supportnet.sim.scenario.schema import SHARE_PSYCHOSIS
from supportnet.sim.storage.toml_files import toml_text

VERSION = "1"  # of addresses
TODAY = "today"
PEOPLE, WEEKS = (20, 500), (26, 208)
REPLICATES = 30
FIXED = ("v", "scenario", "preset", "patients", "weeks", "seed", "uncertain")
UNCERTAIN = ("luck", "numbers")
NO_POSTERIOR = "unknown numbers do not vary: no posterior of this model is shipped"
MOVED = "Levers were moved in a classroom; who would pay, and whether it can be done, was left out."


class Move(NamedTuple):
    """A lever that is set otherwise than in the scenario, from a week on."""

    name: str
    value: float | bool
    week: int


def choices_of_uncertainty() -> tuple[str, ...]:
    """What can be uncertain: parameters only where a posterior of this model is shipped."""
    return UNCERTAIN if shipped_draws_path() else UNCERTAIN[:1]


@dataclass(frozen=True)
class WhatIf:
    """Two worlds."""

    scenario: str = TODAY  # of the library, that the what-if starts from
    preset: str = "psychosis"
    patients: int = 200
    weeks: int = 104
    seed: int = 1
    uncertain: str = UNCERTAIN[0]
    moves: tuple[Move, ...] = ()
    own: str = ""  # path of a scenario file that is offered besides the library

    @classmethod
    def of(cls, query: Mapping[str, str], own: str = "") -> "WhatIf":
        """What an address says. Raises UserInputError for the first thing that it cannot say."""
        if (version := query.get("v", VERSION)) != VERSION:
            raise mistake(
                "v", "this address is from another version", version, VERSION, "start again from the first page"
            )
        base = WhatIf()
        scenario = one_of("scenario", query.get("scenario", base.scenario), starting_scenarios(own))
        moves = [move for name, value in query.items() if name not in FIXED for move in moves_of(name, value)]
        return cls(
            scenario,
            one_of("preset", query.get("preset", base.preset), SHARE_PSYCHOSIS),
            whole_in_range("patients", query.get("patients", str(base.patients)), *PEOPLE),
            whole_in_range("weeks", query.get("weeks", str(base.weeks)), *WEEKS),
            whole_in_range("seed", query.get("seed", str(base.seed)), 0, HIGHEST_SEED),
            one_of("uncertain", query.get("uncertain", base.uncertain), UNCERTAIN),
            tuple(sorted(moves, key=lambda move: (move.week, move.name))),
            own,
        )

    @property
    def base(self) -> str:
        """The scenario that the what-if starts from, as a file names it."""
        return starting_scenarios(self.own)[self.scenario]

    @cached_property
    def today(self) -> Scenario:
        """Services as they are."""
        home = {"population.preset": self.preset, "population.patients": self.patients, "weeks": self.weeks}
        return Scenario.load(TODAY, home)

    @cached_property
    def what_if(self) -> Scenario:
        """The scenario with its levers moved; what comes after the last week is cut off."""
        return Scenario.read(toml_text(self._content), "what-if").with_values({"weeks": self.weeks})

    @property
    def draws(self) -> Posterior | None:
        """Draws of both, where parameters are uncertain and a posterior of this model is shipped."""
        numbers = self.uncertain == "numbers" and shipped_draws_path()
        return draws_for("parameters", [self.today]) if numbers else None

    @property
    def cautions(self) -> list[str]:
        """What an address asks for that is not there: numbers that vary, as where a posterior was shipped."""
        return [NO_POSTERIOR] if self.uncertain == "numbers" and not shipped_draws_path() else []

    @property
    def file(self) -> str:
        """The what-if as a scenario file to take home: it says what its network file is called, not where it lies."""
        content, networks = self._content, self.networks
        if networks:
            content = {**content, "population": {**content["population"], "networks": networks}}
        return toml_text(content)

    @property
    def networks(self) -> str:
        """The name of the file that people are read from, if there is one."""
        return Path(self._content["population"].get("networks", "")).name

    @property
    def _content(self) -> dict[str, Any]:
        below = flattened_file(self.base) if self.scenario == own_scenario_name(self.own) else {"based_on": self.base}
        above = {
            "title": self.title,
            "assumes": f"{below.get('assumes', '')} {MOVED}".strip(),
            "weeks": self._weeks_planned,
            "population": {"preset": self.preset, "patients": self.patients},
            **nested({move.name: move.value for move in self.moves if move.week == 0}),
            "calendar": [
                {"week": week, "set": {move.name: move.value for move in moves}}
                for week, moves in groupby(self.moves, key=lambda move: move.week)
                if week > 0
            ],
        }
        return merged(below, above)

    @property
    def _weeks_planned(self) -> int:
        """Weeks in which everything happens that the scenario and the levers plan."""
        base = Scenario.load(self.base, {"weeks": self.weeks})
        return max(base.planned_weeks if base.cut_off else self.weeks, *(move.week + 1 for move in self.moves), 0)

    @property
    def command(self) -> str:
        """The line that gives the same numbers."""
        uncertainty = "parameters" if self.draws else "none"
        return (
            f"supportnet compare today what-if.toml --set population.preset={self.preset} --patients {self.patients} "
            f"--weeks {self.weeks} --replicates {REPLICATES} --seed {self.seed} --uncertainty {uncertainty}"
        )

    @property
    def in_words(self) -> str:
        """The scenario, and each lever that is set otherwise."""
        start = Scenario.load(self.base).title if self.scenario != TODAY else "today"
        moves = [
            f"{name} {as_written(value)}" + (f" from week {week}" if week else "") for name, value, week in self.moves
        ]
        return "; ".join((start, *moves))

    @property
    def title(self) -> str:
        """The what-if in a few words."""
        base = Scenario.load(self.base).title if self.scenario != TODAY else "Today"
        n = len({move.name for move in self.moves})
        levers_moved = "1 lever" if n == 1 else f"{n} levers"
        return f"{base}, with {levers_moved} moved" if self.moves else base


@cache
def starting_scenarios(own: str = "") -> dict[str, str]:
    """Scenarios that a what-if may start from, and how a file names each: the library's (those of other populations are
    a lever of their own), and one's own."""
    names = [TODAY, *(name for name in library() if not name.startswith(TODAY))]
    return {name: name for name in names} | ({own_scenario_name(own): own} if own else {})


def own_scenario_name(own: str) -> str:
    """The name of a scenario file of one's own, as an address says it."""
    name = Path(own).stem
    return f"my-{name}" if name in library() else name


def flattened_file(own: str) -> dict[str, Any]:
    """A scenario file and the files that it is based on as one, down to the scenario of the library below them all."""
    source = find_scenario(own)
    content = with_networks_at(source)
    while (base := content.pop("based_on", "")) not in ("", *library()):
        source = find_scenario(base, source.folder)
        content = merged(with_networks_at(source), content)
    return ({"based_on": base} if base else {}) | content


def with_networks_at(source: Source) -> dict[str, Any]:
    """What a scenario file says, with the path of its network file as it leads there from the current folder."""
    content = parsed_scenario(source)
    match content:
        case {"population": {"networks": str(networks)}} if networks:
            content["population"]["networks"] = os.path.join(source.folder, networks)
    return content


def moves_of(name: str, text: str) -> list[Move]:
    """A lever as an address says it: a value, and from which week on if not from the start; later ones behind commas
    (`15,20@26`)."""
    moves = [move_of(name, one) for one in text.split(",")]
    if len({move.week for move in moves}) < len(moves):
        raise mistake(name, "a lever is moved twice in one week", text[:60], "each week once")
    return moves


def move_of(name: str, text: str) -> Move:
    """One move of a lever."""
    if name not in page_levers():
        raise mistake(
            name[:60],
            "there is no such lever",
            name[:60],
            "a lever of this page",
            nearest(name[:60], page_levers(), "this page"),
        )
    lever, (value, _, week) = page_levers()[name], text.partition("@")
    at = whole_in_range(name, week, 0, WEEKS[1] - 1) if week else 0
    if lever.is_switch:
        return Move(name, one_of(name, value, (ON, OFF)) == ON, at)
    return Move(name, number_in_range(name, value, lever.low, lever.high), at)


def one_of(where: str, found: str, known: "Mapping[str, object] | list[str] | tuple[str, ...]") -> str:
    """One of a few words. Raises UserInputError for another."""
    if found not in known:
        raise mistake(where, "this word is not known", found[:60], ", ".join(known))
    return found


def whole_in_range(where: str, found: str, low: int, high: int) -> int:
    """A whole number in its range. Raises UserInputError for another."""
    if not (found.isascii() and found.isdigit() and len(found) < 11 and low <= int(found) <= high):
        raise mistake(where, "out of range", found[:60], f"a whole number from {low} to {high}")
    return int(found)


def number_in_range(where: str, found: str, low: float, high: float) -> float:
    """A number in its range. Raises UserInputError for another."""
    try:
        value = float(found)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise mistake(where, "out of range", found[:60], f"a number from {low:g} to {high:g}")
    return value


def mistake(
    where: str, what: str, found: str, expected: str, remedy: str = "mend the address, or start again"
) -> UserInputError:
    """Something wrong with an address."""
    return UserInputError(what, where=where, found=found, expected=expected, remedy=remedy)
