"""What a page asks for: today and a what-if, as its address says, and the same as a scenario file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from analysis.explorer.levers import OFF, ON, levers
from sim.mistakes import Mistake, as_written, nearest
from sim.scenario import Scenario, library
from sim.scenario_shape import SHARE_PSYCHOSIS
from sim.simulation import HIGHEST_SEED

VERSION = "1"  # of addresses
TODAY = "today"
PEOPLE, WEEKS = (20, 500), (26, 208)
REPLICATES = 30
FIXED = ("v", "scenario", "preset", "patients", "weeks", "seed", "uncertain")
UNCERTAIN = ("luck", "numbers")


class Move(NamedTuple):
    """A lever that is set otherwise than in the scenario, from a week on."""

    name: str
    value: float | bool
    week: int


@dataclass(frozen=True)
class Asked:
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
    def of(cls, query: Mapping[str, str], own: str = "") -> "Asked":
        """What an address says. Raises Mistake for the first thing that it cannot say."""
        if (version := query.get("v", VERSION)) != VERSION:
            raise mistake(
                "v", "this address is from another version", version, VERSION, "start again from the first page"
            )
        base = Asked()
        scenario = one_of("scenario", query.get("scenario", base.scenario), offered(own))
        moves = [move_of(name, said) for name, said in query.items() if name not in FIXED]
        weeks = whole("weeks", query.get("weeks", str(base.weeks)), *WEEKS)
        if late := [move for move in moves if move.week >= weeks]:
            raise mistake(
                late[0].name,
                "this lever is moved after the end",
                f"week {late[0].week}",
                f"a week from 0 to {weeks - 1}",
            )
        return cls(
            scenario,
            one_of("preset", query.get("preset", base.preset), SHARE_PSYCHOSIS),
            whole("patients", query.get("patients", str(base.patients)), *PEOPLE),
            weeks,
            whole("seed", query.get("seed", str(base.seed)), 0, HIGHEST_SEED),
            one_of("uncertain", query.get("uncertain", base.uncertain), UNCERTAIN),
            tuple(sorted(moves, key=lambda move: (move.week, move.name))),
            own,
        )

    @property
    def base(self) -> str:
        """The scenario that the what-if starts from, as a file names it."""
        return offered(self.own)[self.scenario]

    @cached_property
    def today(self) -> Scenario:
        """Services as they are."""
        home = {"population.preset": self.preset, "population.patients": self.patients, "weeks": self.weeks}
        return Scenario.load(TODAY, home)

    @cached_property
    def what_if(self) -> Scenario:
        """The scenario with its levers moved."""
        return Scenario.read(self.file, "what-if")

    @property
    def file(self) -> str:
        """The what-if as a scenario file."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"based_on = {as_written(self.base)}"
        yield f"title = {as_written(self.title)}"
        yield 'assumes = "Levers were moved in a classroom; who would pay, and whether it can be done, was left out."'
        yield f"weeks = {self.weeks}"
        yield f"\n[population]\npreset = {as_written(self.preset)}\npatients = {self.patients}"
        at_once = [move for move in self.moves if move.week == 0]
        for heading, moves in groupby(at_once, key=lambda move: move.name.rpartition(".")[0]):
            yield f"\n[{heading}]"
            yield from (f"{move.name.rpartition('.')[2]} = {as_written(move.value)}" for move in moves)
        later = [move for move in self.moves if move.week > 0]
        for week, moves in groupby(later, key=lambda move: move.week):
            said = ", ".join(f"{as_written(move.name)} = {as_written(move.value)}" for move in moves)
            yield f"\n[[calendar]]\nweek = {week}\nset = {{ {said} }}"

    @property
    def command(self) -> str:
        """The line that gives the same numbers."""
        uncertainty = "parameters" if self.uncertain == "numbers" else "none"
        return (
            f"supportnet compare today what-if.toml --set population.preset={self.preset} --patients {self.patients} "
            f"--weeks {self.weeks} --replicates {REPLICATES} --seed {self.seed} --uncertainty {uncertainty}"
        )

    @property
    def title(self) -> str:
        """The what-if in a few words."""
        base = Scenario.load(self.base).title if self.scenario != TODAY else "Today"
        levers_moved = "1 lever" if len(self.moves) == 1 else f"{len(self.moves)} levers"
        return f"{base}, with {levers_moved} moved" if self.moves else base


def offered(own: str = "") -> dict[str, str]:
    """Scenarios that a what-if may start from, and how a file names each: the library's (those of other populations are
    a lever of their own), and one's own."""
    names = [TODAY, *(name for name in library() if not name.startswith(TODAY))]
    return {name: name for name in names} | ({called(own): own} if own else {})


def called(own: str) -> str:
    """The name of a scenario file of one's own, as an address says it."""
    name = Path(own).stem
    return f"my-{name}" if name in library() else name


def move_of(name: str, said: str) -> Move:
    """A lever as an address says it: a value, and from which week on if not from the start (`15@26`)."""
    if name not in levers():
        raise mistake(
            name[:60],
            "there is no such lever",
            name[:60],
            "a lever of this page",
            nearest(name[:60], levers(), "this page"),
        )
    lever, (value, _, week) = levers()[name], said.partition("@")
    at = whole(name, week, 0, WEEKS[1] - 1) if week else 0
    if lever.is_switch:
        return Move(name, one_of(name, value, (ON, OFF)) == ON, at)
    return Move(name, number(name, value, lever.low, lever.high), at)


def one_of(where: str, found: str, known: "Mapping[str, object] | list[str] | tuple[str, ...]") -> str:
    """One of a few words. Raises Mistake for another."""
    if found not in known:
        raise mistake(where, "this word is not known", found[:60], ", ".join(known))
    return found


def whole(where: str, found: str, low: int, high: int) -> int:
    """A whole number in its range. Raises Mistake for another."""
    if not (found.isascii() and found.isdigit() and len(found) < 11 and low <= int(found) <= high):
        raise mistake(where, "out of range", found[:60], f"a whole number from {low} to {high}")
    return int(found)


def number(where: str, found: str, low: float, high: float) -> float:
    """A number in its range. Raises Mistake for another."""
    try:
        value = float(found)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise mistake(where, "out of range", found[:60], f"a number from {low:g} to {high:g}")
    return value


def mistake(
    where: str, what: str, found: str, expected: str, remedy: str = "mend the address, or start again"
) -> Mistake:
    """Something wrong with an address."""
    return Mistake(what, where=where, found=found, expected=expected, remedy=remedy)
