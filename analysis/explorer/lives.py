"""The area and one person's network, week by week, as one luck has it."""

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.explorer.asked import Asked
from analysis.explorer.plain import plain
from experiments.for_whom import POINTS
from experiments.recording import MECHANISMS
from experiments.uncertainty import draw_of, pool_at
from experiments.workers import Interrupted
from sim.kernels.watch import gad7, phq9
from sim.mistakes import Mistake
from sim.network import origin_word
from sim.pool import pool_for
from sim.scenario import Scenario
from sim.simulation import Simulation
from sim.views import views_of
from sim.vocabulary import Process, Role, SupportFunction

LEVELS = ("strength", "trust", "reciprocity", "expertise", "friction")
HUNDREDTHS = 100  # levels are told in hundredths


class Life(NamedTuple):
    """What a person is like in a week."""

    processes: NDArray[np.float32]
    phq9: int
    gad7: int
    in_crisis: bool
    programmes: list[str]
    ties: dict[int, dict[str, Any]]  # by key


def area(asked: Asked, scenario: Scenario, halt: Event) -> dict[str, Any]:
    """Everybody, week by week from the start: recovery (QPR points, rounded), ties, in crisis; kind of illness."""
    simulation = begun(asked, scenario)
    qpr, ties, crisis = [], [], []
    for _ in weeks_of(simulation, halt):
        people = simulation.area.world.people
        qpr.append(np.rint(POINTS * people.processes.mean(axis=1, dtype=np.float64)).astype(int))
        ties.append(people.n_ties.astype(int))
        crisis.append(np.flatnonzero(people.crisis > 0))
    found: dict[str, Any] = plain({"qpr": qpr, "ties": ties, "crisis": crisis})
    return found


def person(asked: Asked, scenario: Scenario, who: int, halt: Event) -> dict[str, Any]:
    """One person, week by week from the start, and every tie that they have or had meanwhile."""
    simulation = begun(asked, scenario)
    checked(simulation, who)
    weeks = [seen(simulation, who) for _ in weeks_of(simulation, halt)]
    keys = list(dict.fromkeys(key for week in weeks for key in week.ties))
    found: dict[str, Any] = plain(
        {
            **{process.word: [hundredths(week.processes[process]) for week in weeks] for process in Process},
            "phq9": [week.phq9 for week in weeks],
            "gad7": [week.gad7 for week in weeks],
            "crisis": [k for k, week in enumerate(weeks) if week.in_crisis],
            "programmes": [week.programmes for week in weeks],
            "ties": [history(key, weeks) for key in keys],
        }
    )
    return found


def tie(asked: Asked, scenario: Scenario, who: int, key: int, week: int) -> dict[str, Any]:
    """What both sides of a tie say of it in a week: the 12 support functions, and how good the alliance is."""
    simulation = begun(asked, scenario)
    checked(simulation, who)
    if week:
        simulation.live(week, every=0)
    me, people = simulation.area.world.people[who], simulation.area.world.people
    own = simulation.area.world.ties[me.first : me.first + me.n_ties].key
    if key not in own:
        expected = "a tie that this person has in that week"
        raise Mistake(
            "this tie is not there", where="tie", found=str(key), expected=expected, remedy="choose another week"
        )
    row = int(people.n_ties[:who].sum()) + int(np.flatnonzero(own == key)[0])
    views = views_of(simulation)
    sides = ("person", "supporter")
    found: dict[str, Any] = plain(
        {
            "functions": {
                function.word: {side: bool(views.functions[row, k, function]) for k, side in enumerate(sides)}
                for function in SupportFunction
            },
            "alliance": {side: views.alliance[row, k] for k, side in enumerate(sides)},
        }
    )
    return found


def begun(asked: Asked, scenario: Scenario) -> Simulation:
    """The first replicate of a scenario, before its first week."""
    if asked.draws:
        drawn = asked.draws.scenario_at(draw_of(0), scenario)
        return Simulation(drawn, asked.seed, 0, record=True, pool=pool_at(drawn))
    return Simulation(scenario, asked.seed, 0, record=True, pool=pool_for(scenario))


def weeks_of(simulation: Simulation, halt: Event) -> Iterator[int]:
    """The start, and after it week by week."""
    yield 0
    for week in range(1, simulation.scenario.weeks + 1):
        if halt.is_set():
            raise Interrupted
        simulation.live(1, every=0)
        yield week


def checked(simulation: Simulation, who: int) -> None:
    """Raises Mistake for somebody who does not live here."""
    if not 0 <= who < simulation.n_people:
        expected = f"a number from 0 to {simulation.n_people - 1}"
        raise Mistake(
            "nobody of this number lives here",
            where="who",
            found=str(who),
            expected=expected,
            remedy="choose somebody else",
        )


def seen(simulation: Simulation, who: int) -> Life:
    """A person as the week has left them."""
    world, names = simulation.area.world, simulation.programme_names
    me: Any = world.people[who]
    rows = slice(int(me.first), int(me.first + me.n_ties))
    inside = [name for name, places in zip(names, world.places, strict=True) if places[who].weeks_in >= 0]
    known = [
        tie_now(one, last, simulation.week, names) for one, last in zip(world.ties[rows], world.last[rows], strict=True)
    ]
    distress, anxiety = float(me.distress), float(me.anxiety)
    return Life(
        me.processes.copy(), whole(phq9, distress), whole(gad7, distress, anxiety), bool(me.crisis > 0), inside,
        {one["key"]: one for one in known},
    )  # fmt: skip


def whole(score: Any, *of: float) -> int:
    """A score as a questionnaire has it."""
    form: Callable[..., float] = score.py_func
    return int(form(*of))


def tie_now(one: Any, last: NDArray[Any], week: int, names: list[str]) -> dict[str, Any]:
    """What a tie is like."""
    met = bool(one.since < week and one.since < one.age)
    return {
        "key": int(one.key), "role": Role(one.role).word, "origin": origin_word(int(one.origin), names),
        **{name: hundredths(one[name]) for name in LEVELS},
        "ruptured": bool(one.ruptured), "since": int(one.since), "age": int(one.age),
        "mechanisms": [hundredths(value) for value in last] if met else None,
    }  # fmt: skip


def history(key: int, weeks: list[Life]) -> dict[str, Any]:
    """A tie from its first week seen to its last; a tie never comes back, but its key may."""
    there = [k for k, week in enumerate(weeks) if key in week.ties]
    rows = [weeks[k].ties[key] for k in there]
    columns = {name: [row[name] for row in rows] for name in (*LEVELS, "since", "age", "mechanisms")}
    ruptured = [k for k, row in zip(there, rows, strict=True) if row["ruptured"]]
    return {
        "key": key,
        "role": rows[0]["role"],
        "origin": rows[0]["origin"],
        "weeks": there,
        "ruptured": ruptured,
        **columns,
    }


def hundredths(level: Any) -> int:
    """A level from 0 to 1."""
    return round(HUNDREDTHS * float(level))


MECHANISM_NAMES = tuple(MECHANISMS)
