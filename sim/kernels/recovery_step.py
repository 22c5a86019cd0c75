"""One person's recovery in a week: inputs, resources, processes, clinical state, relapse (docs/odd.md, 7.4, 7.5)."""

import math

import numpy as np
from numba import float64
from numpy.typing import NDArray

from supportnet.sim.jit import verb
from supportnet.sim.kernels.bond import towards
from supportnet.sim.kernels.help import PROFESSIONAL
from supportnet.sim.kernels.math_functions import chance, clip01
from supportnet.sim.kernels.recovery_equations import (
    BEST_TIE,
    SaturatedInputs,
    Social,
    activates,
    admission_chance,
    connectedness_input,
    crisis_length,
    distress_target,
    empowerment_input,
    feels,
    hope_input,
    identity_input,
    meaning_input,
    missing_closeness,
    process_target,
    relapse_hazard,
    unless_held,
    withdrawal_target,
)
from supportnet.sim.kernels.workspace import Week, drawn_words, draws
from supportnet.sim.parameters import Clinic
from supportnet.sim.randomness import Draw, normal, uniform
from supportnet.sim.state import N_INPUTS, Input, Person

CRISIS = int(Draw.CRISIS)
Words = tuple[int, int, int, int]


@verb
def smooth(me: Person, inputs: NDArray[np.float64], weight: float, slow: float) -> None:
    """Smoothed inputs move towards this week's; contacts with relatives do so slowly."""
    for k in range(N_INPUTS):
        part = slow if k >= Input.FAMILY else weight
        me.inputs[k] += part * (inputs[k] - me.inputs[k])


@verb
def recover_processes(week: Week, me: Person, felt: SaturatedInputs, best: float) -> None:
    """The five processes; everything is read as the week before left it."""
    r = week.rules.parameters[0].recover
    decision, experiential, strengths = float64(me.resources[0]), float64(me.resources[1]), float64(me.resources[2])
    recreational, drive = float64(me.resources[3]), 1.0 + r.self_actualising * float64(me.resources[4])
    pace, noise = week.rules.parameters[0].pace.medium, r.noise * normal(drawn_words(week, 0)[0])
    inputs = (
        connectedness_input(r, felt, best, float64(me.loneliness)),
        hope_input(r, felt, experiential),
        identity_input(r, felt, experiential, strengths),
        meaning_input(r, felt, recreational, strengths),
        empowerment_input(r, felt, decision),
    )
    for k in range(5):
        now = float64(me.processes[k])
        goal = process_target(r, r.base[k], float64(me.intercepts[k]), inputs[k], float64(me.distress))
        speed = pace * (drive if goal > now else 1.0)
        me.processes[k] = clip01(now + speed * (goal - now) + noise)


@verb
def activate_resources(week: Week, i: int, felt: SaturatedInputs, hope: float) -> None:
    """The five personal resources: sessions mobilise them, everyday life feeds them."""
    me, p = week.world.people[i], week.rules.parameters[0]
    sources = (
        felt.expertise * felt.problem,
        felt.lived_experience,
        0.5 * (felt.influence + felt.giving),
        felt.companionship,
        hope,
    )
    for k in range(5):
        sessions = 0
        for programme in range(week.rules.programmes.shape[0]):
            mobilises = week.rules.programmes[programme].mobilises[k]
            sessions += week.world.places[programme, i].sessions * mobilises
        level, own = float64(me.resources[k]), float64(me.own_resources[k])
        after = activates(p.resources.session, p.pace.medium, level, own, sources[k], sessions)
        me.resources[k] = unless_held(after, week.rules.resources[k])


@verb
def distress_after(
    clinic: Clinic, pace: float, distress: float, goal: float, felt: SaturatedInputs, words: Words
) -> float:
    """Distress after the week: towards its target, and an event perhaps, buffered by emotional support."""
    event = 0.0
    if uniform(words[0]) < clinic.event_chance:
        event = -clinic.event_size * (1.0 - distress) * math.log(1.0 - uniform(words[1]))
    buffered = event * (1.0 - clinic.event_buffer * felt.emotional)
    return clip01(distress + pace * (goal - distress) + buffered)


@verb
def relapse(week: Week, i: int, contacts: float, admission: int) -> None:
    """A relapse: distress up, a crisis, perhaps an admission, which costs as much trust as a rupture."""
    me, clinic = week.world.people[i], week.rules.parameters[0].clinic
    me.distress = clip01(me.distress + clinic.relapse_rise)
    me.crisis = crisis_length(clinic, uniform(draws(week, CRISIS, 0, me.identity, 0)[0]))
    me.relapse_week = week.number
    me.relapses += 1
    if uniform(admission) < admission_chance(clinic, contacts):
        me.admissions += 1
        for row in range(me.first, me.first + me.n_ties):
            if week.world.ties[row].role == PROFESSIONAL:
                week.world.ties[row].trust *= 1.0 - week.rules.parameters[0].bond.rupture


@verb
def learn(week: Week, me: Person, learned: float) -> None:
    """Relational skill: learned in sessions that go well, lost again without them at the same rate a week."""
    bond, skill = week.rules.parameters[0].bond, float64(me.skill)
    if learned > 0.0:
        skill = 1.0 - (1.0 - skill) * math.pow(1.0 - bond.skill_gain, learned)
    me.skill = skill - bond.skill_gain * (skill - me.own_skill)


@verb
def recover(week: Week, i: int, social: Social, learned: float, inputs: NDArray[np.float64]) -> None:
    """Inputs, resources, processes, distress, withdrawal, loneliness, skill and relapse of person i."""
    me, p = week.world.people[i], week.rules.parameters[0]
    clinic, centre, pace = p.clinic, p.centre, p.pace
    smooth(me, inputs, pace.fast, pace.medium)
    felt = feels(p.recover, clinic, centre, week.rules.resources, me.inputs)
    best = unless_held(social.best, week.rules.resources[BEST_TIE])
    words = drawn_words(week, 1)
    distress, withdrawal, loneliness = float64(me.distress), float64(me.withdrawal), float64(me.loneliness)
    hope, empowerment = float64(me.processes[1]), float64(me.processes[4])
    recover_processes(week, me, felt, best)
    activate_resources(week, i, felt, hope)
    goal = distress_target(clinic, centre, float64(me.vulnerability), felt, social.friction, hope)
    me.distress = distress_after(clinic, pace.fast, distress, goal, felt, words)
    goal = withdrawal_target(clinic, centre, float64(me.own_withdrawal), felt, distress)
    me.withdrawal = clip01(towards(withdrawal, goal, pace.medium))
    missing = missing_closeness(clinic, float64(me.need), best, felt.companionship)
    me.loneliness = clip01(towards(loneliness, missing, pace.fast))
    learn(week, me, learned)
    contacts = inputs[Input.CONTACTS] + me.contacts
    me.contacts = inputs[Input.CONTACTS]
    if me.crisis > 0:
        me.crisis -= 1
        me.crisis_weeks += 1
        return
    hazard = relapse_hazard(clinic, centre, me.condition, felt, social, distress, empowerment, loneliness)
    if uniform(words[2]) < hazard and uniform(words[2]) < chance(hazard):  # a chance is below its hazard
        relapse(week, i, contacts, words[3])
