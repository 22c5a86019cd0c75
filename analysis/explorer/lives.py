"""The area and one person's network, week by week, as one luck has it."""

from collections.abc import Callable, Iterator
from itertools import combinations
from threading import Event
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.analysis.explorer.asked import WhatIf
from supportnet.analysis.explorer.plain import short_numbers
from supportnet.experiments.comparison.subgroups import POINTS
from supportnet.experiments.ensemble.recording import MECHANISMS
from supportnet.experiments.execution.workers import Interrupted
from supportnet.experiments.posterior.propagation import draw_of, pool_at
from supportnet.sim.area.derived import current_programmes, recovery_of
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Process, Role, SupportFunction
from supportnet.sim.errors import UserInputError
from supportnet.sim.kernels.observe import gad7, phq9
from supportnet.sim.measurement.dyadic_ratings import views_of
from supportnet.sim.measurement.network import origin_word
from supportnet.sim.scenario.scenario import Scenario

LEVELS = ("strength", "trust", "reciprocity", "expertise", "friction")
HUNDREDTHS = 100  # levels are told in hundredths


class PersonWeek(NamedTuple):
    """A person in a week, as the model has them."""

    me: Any  # a row of the people
    ties: NDArray[Any]
    last: NDArray[Any]  # mechanisms of the last contact of each tie
    programmes: list[str]


def area_answer(asked: WhatIf, scenario: Scenario, halt: Event) -> dict[str, Any]:
    """Everybody, week by week from the start: recovery (QPR points, rounded), ties, in crisis; kind of illness."""
    simulation = begun(asked, scenario)
    qpr, ties, crisis = [], [], []
    for _ in weeks_of_life(simulation, halt):
        people = simulation.area.world.people
        qpr.append(np.rint(POINTS * recovery_of(people)).astype(int))
        ties.append(people.n_ties.astype(int))
        crisis.append(np.flatnonzero(people.crisis > 0))
    found: dict[str, Any] = short_numbers({"qpr": qpr, "ties": ties, "crisis": crisis})
    return found


def person_answer(asked: WhatIf, scenario: Scenario, who: int, halt: Event) -> dict[str, Any]:
    """One person, week by week from the start, and every tie that they have or had meanwhile, with who of their
    supporters know each other."""
    simulation = begun(asked, scenario)
    check_person(simulation, who)
    weeks = [person_week(simulation, who) for _ in weeks_of_life(simulation, halt)]
    people = np.array([week.me for week in weeks])
    scores = list(zip(people["distress"].tolist(), people["anxiety"].tolist(), strict=True))
    found: dict[str, Any] = short_numbers(
        {
            **{process.word: hundredths(people["processes"][:, process]) for process in Process},
            "phq9": [questionnaire_score(phq9, distress) for distress, _ in scores],
            "gad7": [questionnaire_score(gad7, *both) for both in scores],
            "crisis": np.flatnonzero(people["crisis"] > 0),
            "programmes": [week.programmes for week in weeks],
            "ties": histories(weeks, simulation.programme_names),
            "acquaintances": acquaintances_over_time(weeks),
        }
    )
    return found


def tie_answer(asked: WhatIf, scenario: Scenario, who: int, key: int, week: int) -> dict[str, Any]:
    """What both sides of a tie say of it in a week: the 12 support functions, and how good the alliance is."""
    simulation = begun(asked, scenario)
    check_person(simulation, who)
    if week:
        simulation.advance(week, every=0)
    me, people = simulation.area.world.people[who], simulation.area.world.people
    own = simulation.area.world.ties[me.first : me.first + me.n_ties].key
    if key not in own:
        expected = "a tie that this person has in that week"
        raise UserInputError(
            "this tie is not there", where="tie", found=str(key), expected=expected, remedy="choose another week"
        )
    row = int(people.n_ties[:who].sum()) + int(np.flatnonzero(own == key)[0])
    views = views_of(simulation)
    sides = ("person", "supporter")
    found: dict[str, Any] = short_numbers(
        {
            "functions": {
                function.word: {side: bool(views.functions[row, k, function]) for k, side in enumerate(sides)}
                for function in SupportFunction
            },
            "alliance": {side: views.alliance[row, k] for k, side in enumerate(sides)},
        }
    )
    return found


def begun(asked: WhatIf, scenario: Scenario) -> Simulation:
    """The first replicate of a scenario, before its first week."""
    if asked.draws:
        drawn = asked.draws.scenario_at(draw := draw_of(0, asked.seed, asked.draws), scenario)
        return Simulation(drawn, asked.seed, 0, record=True, pool=pool_at(drawn, draw))
    return Simulation(scenario, asked.seed, 0, record=True, pool=pool_for(scenario))


def weeks_of_life(simulation: Simulation, halt: Event) -> Iterator[int]:
    """The start, and after it week by week."""
    yield 0
    for week in range(1, simulation.scenario.weeks + 1):
        if halt.is_set():
            raise Interrupted
        simulation.advance(1, every=0)
        yield week


def check_person(simulation: Simulation, who: int) -> None:
    """Raises UserInputError for somebody who does not live here."""
    if not 0 <= who < simulation.n_people:
        expected = f"a number from 0 to {simulation.n_people - 1}"
        raise UserInputError(
            "nobody of this number lives here",
            where="who",
            found=str(who),
            expected=expected,
            remedy="choose somebody else",
        )


def person_week(simulation: Simulation, who: int) -> PersonWeek:
    """A person as the week has left them."""
    world, names = simulation.area.world, simulation.programme_names
    me: Any = world.people[who].copy()
    rows = slice(int(me["first"]), int(me["first"] + me["n_ties"]))
    return PersonWeek(me, world.ties[rows].copy(), world.last[rows].copy(), current_programmes(world, names, who))


def questionnaire_score(score: Any, *of: float) -> int:
    """A score as a questionnaire has it."""
    form: Callable[..., float] = score.py_func
    return int(form(*of))


def histories(weeks: list[PersonWeek], programmes: list[str]) -> list[dict[str, Any]]:
    """Each tie from its first week seen to its last; a tie never comes back, but its key may."""
    week = np.repeat(np.arange(len(weeks)), [len(one.ties) for one in weeks])
    ties, last = (np.concatenate(rows) for rows in ([one.ties for one in weeks], [one.last for one in weeks]))
    rows = {key: np.flatnonzero(ties["key"] == key) for key in dict.fromkeys(ties["key"].tolist())}
    return [history(week[row], ties[row], last[row], programmes) for row in rows.values()]


def acquaintances_over_time(weeks: list[PersonWeek]) -> list[dict[str, Any]]:
    """Pairs of ties, by their keys, whose supporters know each other, and the weeks in which they do."""
    pairs: dict[tuple[int, int], list[int]] = {}
    for week, one in enumerate(weeks):
        known = zip(one.ties["key"].tolist(), one.ties["knows"].tolist(), strict=True)
        for (slot, (key, _)), (_, (other, mask)) in combinations(enumerate(known), 2):
            if mask >> slot & 1:
                pairs.setdefault((key, other), []).append(week)
    return [{"ties": pair, "weeks": in_weeks} for pair, in_weeks in pairs.items()]


def history(week: NDArray[Any], tie: NDArray[Any], last: NDArray[Any], programmes: list[str]) -> dict[str, Any]:
    """A tie, week by week."""
    met = (tie["since"] < week) & (tie["since"] < tie["age"])
    mechanisms = hundredths(last).tolist()
    return {
        "key": tie["key"][0],
        "role": Role(tie["role"][0]).word,
        "origin": origin_word(int(tie["origin"][0]), programmes),
        "weeks": week,
        "ruptured": week[tie["ruptured"] > 0],
        **{name: hundredths(tie[name]) for name in LEVELS},
        "since": tie["since"],
        "age": tie["age"],
        "mechanisms": [values if here else None for values, here in zip(mechanisms, met.tolist(), strict=True)],
    }


def hundredths(level: NDArray[Any]) -> NDArray[np.int64]:
    """Levels from 0 to 1."""
    return np.rint(HUNDREDTHS * level.astype(np.float64)).astype(np.int64)


MECHANISM_NAMES = tuple(MECHANISMS)
