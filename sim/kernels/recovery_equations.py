"""How inputs become resources, recovery and clinical state (docs/odd.md, 7.4 and 7.5)."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.jit import verb
from supportnet.sim.kernels.math_functions import clip01, logistic, saturate
from supportnet.sim.parameters import Centre, Clinic, Recover
from supportnet.sim.rules import HeldResource
from supportnet.sim.state import Input

BEST_TIE, COMPANIONSHIP, CONTACT = (
    int(HeldResource.BEST_TIE),
    int(HeldResource.COMPANIONSHIP),
    int(HeldResource.CONTACT),
)


class Social(NamedTuple):
    """What a person's ties amount to this week."""

    best: float  # largest strength x trust
    friction: float  # mean over ties; the reference mean where there are none
    family_warmth: float  # mean warmth x strength of relatives; the reference mean where there are none


class SaturatedInputs(NamedTuple):
    """A person's smoothed inputs, saturated where the equations saturate them."""

    companionship: float
    emotional: float
    problem: float
    influence: float
    lived_experience: float
    transcending: float
    giving: float
    ruptures: float
    reactance: float
    expertise: float  # held, mean over contacts
    treatment: float  # not saturated
    social: float  # contacts with friends and peers
    negative: float  # share of contacts that are critical
    critical: float  # the same of relatives' contacts, fading slowly


@verb
def unless_held(free: float, fixed: float) -> float:
    """A value as it comes, unless it is held (NaN: it is not)."""
    return fixed if fixed == fixed else free


@verb
def feels(
    recover: Recover, clinic: Clinic, centre: Centre, resources: NDArray[np.float64], inputs: NDArray[np.float32]
) -> SaturatedInputs:
    """Inputs (N_INPUTS,) as the equations read them."""
    h = recover.half
    contacts, prior = inputs[Input.CONTACTS], clinic.critical_prior
    return SaturatedInputs(
        unless_held(saturate(inputs[Input.COMPANIONSHIP], h), resources[COMPANIONSHIP]),
        saturate(inputs[Input.EMOTIONAL], h),
        saturate(inputs[Input.PROBLEM], h),
        saturate(inputs[Input.INFLUENCE], h),
        saturate(inputs[Input.LIVED_EXPERIENCE], h),
        saturate(inputs[Input.TRANSCENDING], h),
        saturate(inputs[Input.GIVING], h),
        saturate(inputs[Input.RUPTURES], h),
        saturate(inputs[Input.REACTANCE], h),
        inputs[Input.EXPERTISE] / contacts if contacts > 0.0 else 0.5,
        inputs[Input.TREATMENT],
        unless_held(saturate(inputs[Input.SOCIAL], h), resources[CONTACT]),
        inputs[Input.NEGATIVE] / contacts if contacts > 0.0 else 0.0,
        (inputs[Input.CRITICAL] + prior * centre.critical_share) / (inputs[Input.FAMILY] + prior),
    )


@verb
def activates(session: float, pace: float, level: float, own: float, source: float, sessions: int) -> float:
    """A personal resource after the week: sessions and everyday sources raise it, disuse lets it fall."""
    raised = (1.0 - math.pow(1.0 - session, sessions)) * (1.0 - level) if sessions > 0 else 0.0
    return clip01(level + raised + pace * (source * (1.0 - level) - (level - own)))


@verb
def connectedness_input(r: Recover, felt: SaturatedInputs, best: float, loneliness: float) -> float:
    return r.best_tie * best + r.weight * (felt.companionship - loneliness)


@verb
def hope_input(r: Recover, felt: SaturatedInputs, experiential: float) -> float:
    return r.weight * (felt.emotional + felt.lived_experience + experiential - felt.ruptures)


@verb
def identity_input(r: Recover, felt: SaturatedInputs, experiential: float, strengths: float) -> float:
    return r.reciprocity_weight * felt.giving + r.weight * (felt.transcending + strengths + experiential)


@verb
def meaning_input(r: Recover, felt: SaturatedInputs, recreational: float, strengths: float) -> float:
    return r.reciprocity_weight * felt.giving + r.weight * (recreational + strengths)


@verb
def empowerment_input(r: Recover, felt: SaturatedInputs, decision: float) -> float:
    shared = r.reciprocity_weight * felt.giving + r.expertise_weight * felt.expertise
    return shared + r.weight * (decision + felt.influence - felt.negative) - r.reactance_weight * felt.reactance


@verb
def process_target(r: Recover, base: float, intercept: float, weighted: float, distress: float) -> float:
    """Where a recovery process is heading."""
    return logistic(base + intercept + weighted - r.distress * distress)


@verb
def distress_target(
    c: Clinic, centre: Centre, vulnerability: float, felt: SaturatedInputs, friction: float, hope: float
) -> float:
    """Where distress is heading: own vulnerability, moved by what differs from the reference area.

    σ(logit(v) + x) = v / (v + (1 - v) exp(-x)), without the logarithm.
    """
    pressure = (
        c.distress_harm * (felt.critical - centre.critical_share + friction - centre.friction)
        - c.distress_treatment * felt.treatment
        - c.distress_hope * (hope - centre.hope)
    )
    return vulnerability / (vulnerability + (1.0 - vulnerability) * math.exp(-pressure))


@verb
def withdrawal_target(c: Clinic, centre: Centre, own: float, felt: SaturatedInputs, distress: float) -> float:
    """Where withdrawal is heading: further with distress, less far with friends' and peers' contact."""
    return own + c.withdrawal_weight * (distress - centre.distress - (felt.social - centre.contact))


@verb
def missing_closeness(c: Clinic, need: float, best: float, companionship: float) -> float:
    """Share of the closeness a person needs that is not there."""
    have = c.loneliness_best_tie * best + (1.0 - c.loneliness_best_tie) * companionship
    return max(0.0, need - have) / max(need, 0.05)


@verb
def relapse_hazard(
    c: Clinic,
    centre: Centre,
    condition: int,
    felt: SaturatedInputs,
    social: Social,
    distress: float,
    empowerment: float,
    loneliness: float,
) -> float:
    """Hazard of a relapse this week."""
    others = loneliness - centre.loneliness - (empowerment - centre.empowerment)
    others -= social.family_warmth - centre.family_warmth
    log_ratio = (
        c.relapse_distress * (distress - centre.distress)
        + c.relapse_critical * (felt.critical - centre.critical_share)
        + c.relapse_other * others
    )
    return c.relapse_hazard[condition] * math.exp(log_ratio)


@verb
def admission_chance(c: Clinic, contacts: float) -> float:
    """Chance that a relapse leads to an admission; contacts: of this and last week."""
    return c.admission_chance * (1.0 - saturate(contacts, c.admission_half))


@verb
def crisis_length(c: Clinic, u: float) -> int:
    """Weeks of a crisis, uniform from half to one and a half times the mean."""
    shortest, longest = math.floor(0.5 * c.crisis_weeks + 0.5), math.floor(1.5 * c.crisis_weeks + 0.5)
    return int(max(1.0, shortest + math.floor(u * (longest - shortest + 1.0))))
