"""What happens in a contact: the seven mechanisms, and whether it goes well (docs/odd.md, 7.2)."""

import math
from typing import NamedTuple

from supportnet.sim.enums import Mechanism, Role
from supportnet.sim.jit import verb
from supportnet.sim.kernels.math_functions import logistic
from supportnet.sim.parameters import Help
from supportnet.sim.randomness import uniform
from supportnet.sim.rules import Doubles

PROFESSIONAL, PEER, FAMILY = int(Role.PROFESSIONAL), int(Role.PEER), int(Role.FAMILY)
PRESENCE, TRUST, COMMUNICATION = int(Mechanism.PRESENCE), int(Mechanism.TRUST), int(Mechanism.COMMUNICATION)
EMOTIONAL, PROBLEM = int(Mechanism.EMOTIONAL_SUPPORT), int(Mechanism.PROBLEM_FOCUSED_SUPPORT)
INFLUENCE, TRANSCENDING = int(Mechanism.INFLUENCE), int(Mechanism.TRANSCENDING_ROLE)


class Helped(NamedTuple):
    """The person in recovery, as the week began."""

    distress: float
    skill: float
    wanted: float  # reciprocity wanted, above the mean
    empowerment: float
    own: float  # own knowledge: mean of decision-making and experiential knowledge


class Helper(NamedTuple):
    """A supporter and the tie with them, as the week began."""

    role: int
    trust: float
    friction: float
    reciprocity: float
    expertise: float  # how far the person's own knowledge counts
    ruptured: bool
    warmth: float
    competence: float
    criticism: float
    strain: float
    availability: float
    openness: float  # how far they share of themselves, of professionals


class Setting(NamedTuple):
    """Where a contact takes place: by itself, or in a session of a programme."""

    shared_by: float  # ties that share the session, and its facilitator; 1 for a natural contact
    availability: float
    reciprocity: float
    expertise: float  # how far the person's own knowledge counts
    supporter_expertise: float  # how far the supporter's does
    known: int  # how many of the others in a session the supporter knows
    session: bool
    delivers: bool  # the helper delivers it
    facilitated: bool
    non_verbal: bool


class Mechanisms(NamedTuple):
    """The seven mechanisms of one contact, and three things that go with them."""

    presence: float
    trust: float
    communication: float
    emotional: float
    problem: float
    influence: float
    transcending: float
    companionship: float
    reactance: float
    competence: float  # of whoever helps in this contact


@verb
def unless_fixed(value: float, mechanisms: Doubles, mechanism: int, role: int) -> float:
    """The mechanism's value, unless it is held at one for this role (0: switched off)."""
    fixed = mechanisms[mechanism, role]
    return value if math.isnan(fixed) else fixed


@verb
def knows(help: Help, helper: Helper) -> float:
    """Competence of whoever helps; lived experience counts."""
    return min(1.0, helper.competence + help.lived_competence) if helper.role == PEER else helper.competence


@verb
def solves(helper: Helper, setting: Setting, own: float, competence: float) -> float:
    """Quality of problem-focused support: what either of the two knows, as far as it counts."""
    if helper.role == PROFESSIONAL:  # a good helper draws out what the person knows
        own = 1.0 - (1.0 - own) * (1.0 - competence)
    return 1.0 - (1.0 - setting.expertise * own) * (1.0 - setting.supporter_expertise * competence)


@verb
def has_power(role: int) -> bool:
    """Whether a supporter of this role has power over the person: peers and friends have none."""
    return role in (PROFESSIONAL, FAMILY)


@verb
def helps(help: Help, fixed: Doubles, person: Helped, helper: Helper, setting: Setting) -> Mechanisms:
    """The seven mechanisms of one contact."""
    role = helper.role
    skill = 1.0 if setting.non_verbal else person.skill
    presence = unless_fixed(setting.availability * (1.0 - helper.strain) / setting.shared_by, fixed, PRESENCE, role)
    trust = unless_fixed(helper.trust, fixed, TRUST, role)
    communication = unless_fixed(presence * trust * (0.5 + 0.5 * skill), fixed, COMMUNICATION, role)
    emotional = unless_fixed(communication * helper.warmth, fixed, EMOTIONAL, role)
    competence = knows(help, helper)
    problem = unless_fixed(communication * solves(helper, setting, person.own, competence), fixed, PROBLEM, role)
    reactance = max(0.0, person.empowerment - setting.expertise) if has_power(role) else 0.0
    influence = unless_fixed(trust * problem * (1.0 - reactance), fixed, INFLUENCE, role)
    transcending = 0.0
    if role == PROFESSIONAL:
        transcending = unless_fixed(helper.openness * trust, fixed, TRANSCENDING, role)
    companionship = 0.0 if role == PROFESSIONAL else presence * helper.warmth
    return Mechanisms(
        presence,
        trust,
        communication,
        emotional,
        problem,
        influence,
        transcending,
        companionship,
        reactance,
        competence,
    )


@verb
def goes_well(
    help: Help, person: Helped, helper: Helper, setting: Setting, now: Mechanisms, usual: float, word: int
) -> bool:
    """Whether the contact goes well; usual: reciprocity of the role.

    exp(x) > t = 1 + x + x^2 / 2 + x^3 / 6 for x > 0, so that its chance is above t / (1 + t): most contacts are spared
    the exponential.
    """
    skill = 1.0 if setting.non_verbal else person.skill
    x = (
        help.well_base
        + help.well_trust * now.trust
        + help.well_other
        * (now.presence + skill - helper.friction - helper.criticism - person.distress + setting.facilitated)
        - help.well_mismatch * abs(person.wanted - (setting.reciprocity - usual))
    )
    u, t = uniform(word), 1.0 + x * (1.0 + x * (0.5 + x / 6.0))
    return (x > 0.0 and u * (1.0 + t) < t) or u < logistic(x)
