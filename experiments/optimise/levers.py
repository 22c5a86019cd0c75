"""What money can buy: levers that go from where they are today, step by step, to as much as can be had."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from supportnet.experiments.comparison.service_changes import UNPRICED
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.scenario.scenario import Scenario

STEP = 0.05  # of coverage; of today's posts; of a contact a week
TWICE = 2.0  # at most so many times today's posts and contacts
PROGRAMMES = "programmes"  # all of them
COSTLY = ("services.caseload", "services.contacts_per_week", "services.coverage")  # the model has them paid for
FREE = tuple(f"services.{lever}" for lever in UNPRICED)
USUAL = (PROGRAMMES, "services.caseload", "services.contacts_per_week")

Portfolio = tuple[int, ...]  # steps that each lever is away from today


class BudgetLever(NamedTuple):
    """Something that can be set differently."""

    name: str  # dotted, as in a scenario file
    values: tuple[float, ...]  # today's, then step by step

    @property
    def free(self) -> bool:
        """Whether it affects people but costs nothing in the model."""
        return self.name in FREE

    @property
    def is_programme(self) -> bool:
        return self.name.startswith(f"{PROGRAMMES}.")

    @property
    def short(self) -> str:
        """The name of a programme, or of a lever of the service."""
        return self.name.removesuffix(".coverage").split(".", 1)[1]

    @property
    def steps(self) -> int:
        return len(self.values) - 1


def levers_of(scenario: Scenario, asked: Sequence[str] = USUAL) -> list[BudgetLever]:
    """The levers asked for that can still be moved, programmes first.

    asked: names of programmes, dotted names of levers of the service, or "programmes" for all of them. A lever that the
    scenario's calendar moves stays with the calendar. Raises UserInputError for names that are none, for a lever that
    is asked for by name and can't be moved, and where there is no programme among them.
    """
    offered = {name: f"programmes.{name}.coverage" for name in scenario.every_programme}
    known = {**offered, **{name: name for name in offered.values()}, **{name: name for name in (*COSTLY, *FREE)}}
    for name in asked:
        if name != PROGRAMMES and name not in known:
            listed = [PROGRAMMES, *offered, *COSTLY, *FREE]
            expected = "programmes, the name of one, " + ", ".join((*COSTLY, *FREE))
            remedy = nearest(name, listed, "`supportnet list levers`")
            raise UserInputError("names no lever", argument="levers", found=name, expected=expected, remedy=remedy)
    wanted = {known[name] for name in asked if name != PROGRAMMES} | (
        set(offered.values()) if PROGRAMMES in asked else set()
    )
    found, fixed = list[BudgetLever](), moved_later(scenario)
    for name in [name for name in (*offered.values(), *COSTLY, *FREE) if name in wanted]:
        lever = BudgetLever(name, lever_steps(scenario, name))
        if lever.steps and name not in fixed:
            found.append(lever)
        elif {name, name.split(".")[1]} & set(asked):
            why = "the calendar of the scenario changes it" if name in fixed else "it is at its limit already"
            raise UserInputError(f"{name} can't be changed: {why}", where="levers", found=name, remedy="leave it out")
    if not any(lever.is_programme for lever in found):
        raise UserInputError(
            "must name programmes to choose from", argument="levers", found=", ".join(asked),
            expected=f"{PROGRAMMES}, or names of some that are not yet offered to everyone",
            remedy=f"add {PROGRAMMES}, or some of: " + ", ".join(offered),
        )  # fmt: skip
    return found


def lever_steps(scenario: Scenario, name: str) -> tuple[float, ...]:
    """Values of a lever from today's on. Posts grow by even steps, and a caseload is people per post."""
    section, key = name.split(".", 1)
    if section == PROGRAMMES:
        return upwards(scenario.every_programme[key.removesuffix(".coverage")].coverage, 1.0)
    today: float = getattr(scenario.services, key)
    if key == "caseload":
        shares = upwards(1.0, TWICE)
        return tuple(max(1.0, round(today / share, 2)) for share in shares)
    if key == "contacts_per_week":
        return upwards(today, TWICE * today)
    if key == "turnover":
        return tuple(round(today * (1.0 - share), 4) for share in upwards(0.0, 1.0))
    return upwards(today, 1.0)


def upwards(today: float, most: float) -> tuple[float, ...]:
    """Today's value and every step above it, up to the most."""
    return tuple(round(today + STEP * k, 4) for k in range(int((most - today) / STEP + 1e-9) + 1))


def moved_later(scenario: Scenario) -> set[str]:
    """Levers that the scenario's calendar moves."""
    services = {
        f"services.{key}" for change in scenario.calendar for moved in change.services.values() for key in moved
    }
    coverage = {
        f"programmes.{name}.coverage"
        for change in scenario.calendar
        for name, columns in change.programmes.items()
        if "coverage" in columns
    }
    return services | coverage


def portfolio_settings(levers: Sequence[BudgetLever], portfolio: Portfolio) -> Mapping[str, float]:
    """What a portfolio sets differently from today, by dotted name."""
    return {lever.name: lever.values[k] for lever, k in zip(levers, portfolio, strict=True) if k}
