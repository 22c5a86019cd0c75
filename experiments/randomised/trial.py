"""One simulated trial: people are recruited, allotted by chance, treated, lost to follow-up, measured with error."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.patterns.measurement import Ties, measured_alliance, process_error
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.randomised.design import ATTENTION, RECRUITING, Design
from supportnet.sim.area.derived import engaged, phq9_score, recovery_of, served
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Role

Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]
PROCESSES = ("connectedness", "hope", "identity", "meaning", "empowerment")
SCALES = (
    "recovery",
    *PROCESSES,
    "distress",
    "gad7",
    "withdrawal",
    "network_size",
    "contacts_friend",
    "alliance",
    "carer_strain",
)  # told as standardised mean differences
EVENTS = ("relapses", "engagement", "admissions")  # told as risk ratios
MEASURES = (*SCALES, *EVENTS)
LOST_A_YEAR = 0.2  # share of people lost to follow-up: assumed, the same in both arms


class Followed(NamedTuple):
    """What a trial saw."""

    treated: Mask  # (participants,)
    first: Doubles  # (participants, measures) at entry
    seen: Doubles  # (times, participants, measures); NaN where somebody is lost, or has no such thing


def run_trial(
    design: Design, world: StudyWorld, *, weeks: Sequence[int] = (), everybody_treated: bool | None = None
) -> Followed:
    """A trial in one area; world: its people with the parameters of one draw, and their random numbers.

    weeks: after entry in which people are asked, instead of those of the design. everybody_treated: whether all who
    enter are allotted to the programme, or none, instead of half by chance.
    """
    run = Simulation(design.area, world.seed, world.replicate, pool=world.pool)
    rng, times = world.rng(f"trial of {design.programme}"), np.array(sorted(weeks) or list(design.times))
    people, n = run.area.world.people, run.n_people
    entered, treated = np.full(n, -1), np.zeros(n, np.bool_)
    had, first = np.zeros((n, 2), np.int64), np.full((n, len(MEASURES)), np.nan)
    seen = np.full((len(times), n, len(MEASURES)), np.nan)
    halves = rng.permutation(np.arange(design.places) % 2 == 0)
    arms = halves if everybody_treated is None else np.full(design.places, everybody_treated)
    stays = rng.exponential(-52.0 / math.log1p(-LOST_A_YEAR), n)
    last = RECRUITING + int(times[-1])
    while run.week < last and (len(arms) or run.week <= entered.max() + times[-1]):
        if run.week < RECRUITING and len(arms):
            new = recruited(design, run, entered < 0, len(arms), rng)
            entered[new], had[new] = run.week, relapses_and_admissions(people[new])
            treated[new], arms = arms[: len(new)], arms[len(new) :]
            first[new] = measure_participants(run, new, had, rng)
            start_treatment(design, run, new, treated, rng)
        run.advance(1, 0)
        for k, weeks in enumerate(times):
            due = np.flatnonzero((entered >= 0) & (run.week - entered == weeks) & (stays > weeks))
            if len(due):
                seen[k, due] = measure_participants(run, due, had, rng)
        if design.control == "waiting_list":
            enter_programme(
                design.programme, run, np.flatnonzero((entered >= 0) & ~treated & (run.week - entered == design.weeks))
            )
    took_part = entered >= 0
    return Followed(treated[took_part], first[took_part], seen[:, took_part])


def recruited(design: Design, run: Simulation, free: Mask, most: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Who enters this week: people who meet the criterion and are not in the trial yet, by chance if they are many."""
    people, numbers = run.area.world.people, run.scenario.all_parameters
    asked = np.clip(people.distress + rng.normal(0.0, numbers.measure.symptoms, len(people)), 0.0, 1.0)
    meets = {
        "anybody": np.ones(len(people), np.bool_),
        "crisis": people.crisis > 0,
        "distress": phq9_score(asked) >= design.cut,
        "lonely": people.loneliness > numbers.thresholds.lonely,
        "withdrawn": people.withdrawal > numbers.thresholds.remission_withdrawal,
    }[design.entry]
    return np.asarray(rng.permutation(np.flatnonzero(free & meets))[:most])


def start_treatment(
    design: Design, run: Simulation, new: NDArray[np.int64], treated: Mask, rng: np.random.Generator
) -> None:
    """Those allotted to it begin the programme, as far as they take it up, the others what its control offers."""
    allotted = new[treated[new]]
    if design.take_up < 1.0:
        allotted = allotted[rng.random(len(allotted)) < design.take_up]
    enter_programme(design.programme, run, allotted)
    if design.control == "attention":
        enter_programme(ATTENTION, run, new[~treated[new]])


def enter_programme(programme: str, run: Simulation, who: NDArray[np.int64]) -> None:
    """These people get a place in a programme from this week on."""
    places = run.area.world.places[run.programme_names.index(programme)]
    places.weeks_in[who] = 0
    run.area.world.people.enrolments[who] += 1


def measure_participants(
    run: Simulation, who: NDArray[np.int64], had: NDArray[np.int64], rng: np.random.Generator
) -> Doubles:
    """(people, MEASURES) of these people as a study would measure them; had: relapses and admissions before they
    entered."""
    people, numbers = run.area.world.people[who], run.scenario.all_parameters
    m = numbers.measure

    def asked(true: Doubles, error: float) -> Doubles:
        return np.asarray(np.clip(true + rng.normal(0.0, error, true.shape), 0.0, 1.0))

    processes = asked(people.processes.astype(np.float64), process_error(m))
    recovered = asked(recovery_of(people), m.qpr / 60.0)
    distress = asked(people.distress.astype(np.float64), m.symptoms)
    anxiety = asked((people.distress + people.anxiety).astype(np.float64), m.symptoms)
    withdrawal = asked(people.withdrawal.astype(np.float64), m.symptoms)
    ties = Ties(run)
    professional = ties.role(Role.PROFESSIONAL)
    n_professional = ties.count(professional)
    with np.errstate(invalid="ignore"):
        trust = np.bincount(ties.of[professional], ties.now.trust[professional], run.n_people) / n_professional
    alliance = measured_alliance(run, trust, rng)[who]
    friends = people.recent[:, :, Role.FRIEND].sum(axis=1).astype(np.float64)
    relapsed, admitted = (relapses_and_admissions(people) > had[who]).T
    columns = (
        recovered,
        *processes.T,
        distress,
        anxiety,
        withdrawal,
        people.n_ties,
        friends,
        alliance,
        measured_strain(ties, m.symptoms, rng)[who],
        relapsed,
        engaged(served(run.area.world)[who], people.since_service, numbers.thresholds),
        admitted,
    )
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def relapses_and_admissions(people: Any) -> NDArray[np.int64]:
    """(people, 2) Counts since the run began."""
    return np.column_stack([people.relapses, people.admissions]).astype(np.int64)


def measured_strain(ties: Ties, error: float, rng: np.random.Generator) -> Doubles:
    """(people,) Mean strain of a person's relatives as a questionnaire would show it, NaN where there are none.

    The error has random numbers of its own, so that whoever measures carers too measures everything else the same.
    """
    family = ties.role(Role.FAMILY)
    with np.errstate(invalid="ignore"):
        strain = np.bincount(ties.of[family], ties.now.strain[family], ties.people) / ties.count(family)
    return np.clip(strain + rng.spawn(1)[0].normal(0.0, error, ties.people), 0.0, 1.0)


def events(happened: Doubles, treated: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Events and people, of those treated and of the others."""
    present = np.isfinite(happened)
    a, b = happened[present & treated], happened[present & ~treated]
    return a.sum(), float(len(a)), b.sum(), float(len(b))


def log_ratio(counts: Doubles) -> Doubles:
    """(trials,) Logarithm of the risk ratio, from counts as `events` gives them (trials, 4)."""
    return np.asarray(np.log(counts[:, 0] / counts[:, 1]) - np.log(counts[:, 2] / counts[:, 3]))
