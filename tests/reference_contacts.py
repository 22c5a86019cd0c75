"""Time, contacts and what happens in them, of the reference model (docs/odd.md, 7.1 and 7.2)."""

import math
from typing import TYPE_CHECKING

from supportnet.sim.enums import NATURAL, SERVICE, Mechanism, Resource, Role
from supportnet.sim.randomness import Draw
from tests.reference_people import (
    USUALLY_WANTED,
    Contact,
    Facilitator,
    Person,
    Session,
    Supporter,
    Tie,
    logistic,
    supporter_expertise,
)

if TYPE_CHECKING:
    from tests.reference import Reference

MOST_CONTACTS = 7  # natural ones of a tie in a week


def share(model: "Reference") -> None:
    """People and supporters share out their time."""
    for person in model.persons:
        wishes = [wish(tie) for tie in person.ties]
        room = max(0.0, person.time - len(person.diary))
        person.share = min(1.0, room / sum(wishes)) if sum(wishes) > 0 else 1.0
        for tie, wished in zip(person.ties, wishes, strict=True):
            tie.asked = wished * person.share
    for supporter in model.supporters():
        supporter.demand = supporter.total([tie.asked + sessions_of(tie) for tie in supporter.ties])
        supporter.availability = min(1.0, supporter.capacity / supporter.demand) if supporter.demand > 0 else 1.0


def sessions_of(tie: Tie) -> float:
    """Contacts that this week's sessions ask of a tie's supporter."""
    programmes = tie.person.model.programmes
    sessions = [(programmes[one.programme], one) for one in tie.person.diary if tie in one.ties]
    asked = [one for programme, one in sessions if not programme.facilitated or programme.deliverer == tie.role]
    return sum(1 / session.shared_by for session in asked)


def wish(tie: Tie) -> float:
    """Natural contacts a week, before anybody's time is short."""
    person, m = tie.person, tie.person.model.rules.parameters.meet
    if tie.origin == SERVICE:
        levers = person.model.levers[person.team]
        in_crisis = levers.crisis_contact if person.crisis > 0 else 1.0
        return tie.rate * levers.contacts_per_week * m.scheduled * in_crisis
    return tie.rate * tie.strength * (1 - m.closing * person.withdrawal)


def meet(model: "Reference") -> None:
    """How many contacts each tie has, after meetings without the person."""
    for person in model.persons:
        for tie in person.ties:
            relieve(tie)
        for tie in person.ties:
            tie.contacts = []
            u = meeting_uniform(model, tie)
            expertise = supporter_expertise(model, tie.role)
            for k in range(natural_contacts(tie.asked * tie.supporter.availability, u)):
                number = 1024 + k if k else 0
                tie.contacts.append(Contact(number, None, None, tie.reciprocity, tie.expertise, expertise))
            sessions = [session for session in person.diary if tie in session.ties]
            tie.contacts += [contact_in(session, tie, number) for number, session in enumerate(sessions, start=1)]
        person.facilitators = [facilitator_of(person, p) for p in facilitated_programmes(person)]


def meeting_uniform(model: "Reference", tie: Tie) -> float:
    """What decides on a tie's contacts: the same for both ties of two fellow patients."""
    other = tie.supporter.person
    if other is None:
        return float(model.luck.uniforms(Draw.MEET, model.week, tie.person.identity, tie.key)[0])
    first, second = sorted((tie.person.identity, other.identity))
    return float(model.luck.uniforms(Draw.MEET, model.week, first, second, index=1)[0])


def relieve(tie: Tie) -> None:
    """This week's meetings without the person relieve a supporter with this one tie, before anything else does."""
    if tie.supporter.row < 0:
        support = sum(meeting.support_for(tie) for meeting in tie.person.meetings if tie in meeting.ties)
        tie.supporter.strain *= (1 - tie.person.model.rules.parameters.tire.session_relief) ** support


def natural_contacts(mean: float, u: float) -> int:
    """Poisson: the largest k, as far as there can be so many, with u < P(N >= k)."""
    at_most = 0.0  # chance of k at most
    for k in range(MOST_CONTACTS):
        at_most += math.exp(-mean) * mean**k / math.factorial(k)
        if u >= 1 - at_most:
            return k
    return MOST_CONTACTS


def contact_in(session: Session, tie: Tie, number: int) -> Contact:
    """A tie's contact in a session."""
    programme = tie.person.model.programmes[session.programme]
    delivers = tie.role == programme.deliverer
    stated = delivers and programme.expert_stated
    usual = supporter_expertise(tie.person.model, tie.role)
    return Contact(
        number=number,
        session=session,
        programme=programme,
        reciprocity=programme.reciprocity if delivers else tie.reciprocity,
        expertise=programme.expertise if stated else tie.expertise,
        supporter_expertise=programme.supporter_expertise if stated else usual,
        delivers=delivers,
        made_here=tie.origin == session.programme,
    )


def facilitated_programmes(person: Person) -> list[int]:
    """Programmes whose facilitators the person meets this week."""
    return sorted({session.programme for session in person.diary if session.facilitator})


def facilitator_of(person: Person, p: int) -> Facilitator:
    """A programme's facilitator with this week's contacts."""
    model, place = person.model, person.places[p]
    programme, b, people = model.programmes[p], model.rules.parameters.bond, model.rules.parameters.people
    sessions = [session for session in person.diary if session.programme == p]
    role, before = Role.PROFESSIONAL, place.weeks_in * programme.sessions_per_week
    facilitator = Facilitator(
        person, Supporter(model), 65536 * programme.key, 1 - (1 - b.start_trust) * (1 - b.trust_gain) ** before,
        0.0, people.warmth, people.competence.professional, people.criticism.other, p,
    )  # fmt: skip
    own, others = 0.5, supporter_expertise(model, role)
    if programme.expert_stated:
        own, others = programme.expertise, programme.supporter_expertise
    facilitator.contacts = [
        Contact(64 + j, session, programme, programme.reciprocity, own, others, delivers=True, made_here=True)
        for j, session in enumerate(sessions, start=1)
    ]
    return facilitator


def help(model: "Reference") -> None:
    """What each contact brings, and whether it goes well."""
    for person in model.persons:
        for tie in (*person.ties, *person.facilitators):
            for contact in tie.contacts:
                bring(tie, contact)
                fall_out(tie, contact)


def bring(tie: Tie | Facilitator, contact: Contact) -> None:
    """The seven mechanisms, and companionship."""
    person, role = tie.person, tie.role
    e = contact.expertise

    def held(mechanism: Mechanism, free: float) -> float:
        value = person.model.held[mechanism][role]
        return free if math.isnan(value) else value

    availability = 1.0 if contact.made_here else tie.supporter.availability
    contact.presence = held(Mechanism.PRESENCE, availability * (1 - tie.supporter.strain) / contact.shared_by)
    contact.trust = held(Mechanism.TRUST, tie.trust)

    understanding = (1 + skill_in(person, contact)) / 2
    contact.communication = held(Mechanism.COMMUNICATION, contact.presence * contact.trust * understanding)
    contact.emotional = held(Mechanism.EMOTIONAL_SUPPORT, contact.communication * tie.warmth)

    contact.competence = k = competence(tie)
    own = (person.resources[Resource.DECISION_MAKING] + person.resources[Resource.EXPERIENTIAL_KNOWLEDGE]) / 2
    if role == Role.PROFESSIONAL:
        own = 1 - (1 - own) * (1 - k)
    knowledge = 1 - (1 - e * own) * (1 - contact.supporter_expertise * k)
    contact.problem = held(Mechanism.PROBLEM_FOCUSED_SUPPORT, contact.communication * knowledge)

    overruled = max(0.0, person.empowerment - e)
    contact.reactance = overruled if role in (Role.PROFESSIONAL, Role.FAMILY) else 0.0
    contact.influence = held(Mechanism.INFLUENCE, contact.trust * contact.problem * (1 - contact.reactance))

    contact.transcending = 0.0  # there is no professional role to transcend
    if role == Role.PROFESSIONAL:
        contact.transcending = held(Mechanism.TRANSCENDING_ROLE, openness_of(tie) * contact.trust)
    contact.companionship = contact.presence * tie.warmth if role != Role.PROFESSIONAL else 0.0


def openness_of(tie: Tie | Facilitator) -> float:
    """How far a professional shares of themselves: the programme they come with decides, or the service."""
    model = tie.person.model
    if tie.origin in (NATURAL, SERVICE):
        return model.levers[tie.person.team].boundary_openness
    return model.programmes[tie.origin].reciprocity


def skill_in(person: Person, contact: Contact) -> float:
    non_verbal = contact.programme is not None and contact.programme.non_verbal
    return 1.0 if non_verbal else person.skill


def competence(tie: Tie | Facilitator) -> float:
    h = tie.person.model.rules.parameters.help
    return min(1.0, tie.competence + h.lived_competence) if tie.role == Role.PEER else tie.competence


def fall_out(tie: Tie | Facilitator, contact: Contact) -> None:
    """Whether the contact goes well; ruptures, repairs, criticism."""
    person, model = tie.person, tie.person.model
    h, b = model.rules.parameters.help, model.rules.parameters.bond
    wish = person.wanted - USUALLY_WANTED
    going_well, rupturing, repairing, critical = model.luck.uniforms(
        Draw.HELP, model.week, person.identity, tie.key, index=contact.number
    )
    contact.well = going_well < logistic(
        h.well_base
        + h.well_trust * contact.trust
        + h.well_other * (contact.presence + skill_in(person, contact) + float(contact.facilitated))
        - h.well_other * (tie.friction + tie.criticism + person.distress)
        - h.well_mismatch * abs(wish - (contact.reciprocity - b.reciprocity[tie.role]))
    )
    if contact.well:
        contact.repaired = tie.ruptured and repairing < b.repair
    else:
        contact.rupture = rupturing < b.rupture_chance
    contact.critical = critical < tie.criticism
    kind = "well" if contact.well else "rupture" if contact.rupture else "badly"
    model.tell("contact", person.identity, tie.key, contact.number, kind)
    if contact.repaired:
        model.tell("repair", person.identity, tie.key, contact.number)
    if contact.critical:
        model.tell("critical", person.identity, tie.key, contact.number)
