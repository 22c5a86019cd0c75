"""Programmes and services of the reference model (docs/odd.md, 7.8)."""

import math
from itertools import combinations
from typing import TYPE_CHECKING

from supportnet.sim.enums import NATURAL, SERVICE, Condition, Role, Target
from supportnet.sim.randomness import Draw
from supportnet.sim.rules import Programmes
from supportnet.sim.state import NEVER
from tests.reference_fellows import first_neighbour
from tests.reference_people import Person, Session, Tie, acquaint, chance_of, clip, new_tie, single

if TYPE_CHECKING:
    from tests.reference import Reference


def enrol(model: "Reference") -> None:
    """Programmes discharge, lose and admit; staff are replaced; people leave services and return; sessions are set."""
    welcome = {(person, p) for p, programme in enumerate(model.programmes) for person in model.persons
               if belongs(person, Target(programme.target))}  # fmt: skip
    for p, programme in enumerate(model.programmes):
        applicants = []
        for person in model.persons:
            if person.places[p].weeks_in >= 0:
                stay_or_leave(person, p)
            elif (person, p) in welcome and applies(person, p):
                applicants.append(person)
        free = programme.places - sum(person.places[p].weeks_in >= 0 for person in model.persons)
        for person in sorted(applicants, key=lambda person: (draws(person, p, Draw.ENROL)[2], person.identity))[:free]:
            join(person, p)
    for person in model.persons:
        replace_staff(person)
        use_services(person)
        set_sessions(person)


def draws(person: Person, p: int, draw: Draw, index: int = 0, every_week: bool = True) -> list[float]:
    model = person.model
    week = model.week if every_week else 0
    return model.luck.uniforms(draw, week, person.identity, 65536 * model.programmes[p].key, index)


def belongs(person: Person, target: Target) -> bool:
    """Whether the person is of the target group, this week."""
    t = person.model.rules.parameters.thresholds
    confidant = any(tie.strength > t.confidant_strength and tie.trust > t.confidant_trust for tie in person.ties)
    return {
        Target.ALL: True,
        Target.FEW_TIES: len(person.ties) < t.few_ties,
        Target.NO_CONFIDANT: not confidant,
        Target.LONELY: person.loneliness > t.lonely,
        Target.LOW_RECOVERY: person.qpr < t.low_recovery_qpr,
        Target.SEVERE_DISTRESS: person.phq9 >= t.severe_phq9,
        Target.WITHDRAWN: person.withdrawal > t.remission_withdrawal,
        Target.PSYCHOSIS: person.condition == Condition.PSYCHOSIS,
        Target.AFFECTIVE: person.condition == Condition.AFFECTIVE,
    }[target]


def applies(person: Person, p: int) -> bool:
    model = person.model
    programme, e = model.programmes[p], model.rules.parameters.enrol
    offered, willing, _, _ = draws(person, p, Draw.OFFER, every_week=False)
    return (
        model.week >= programme.start
        and person.places[p].weeks_out >= e.pause
        and offered < programme.coverage
        and willing < programme.uptake
        and brings_somebody(person, programme)
        and draws(person, p, Draw.ENROL)[0] < e.application
    )


def brings_somebody(person: Person, programme: Programmes) -> bool:
    """Whether a programme that needs the person's own ties would meet any."""
    needs = [role for role in Role if programme.uses[role] and not programme.makes[role]]
    return not needs or any(tie.role in needs and tie.origin in (NATURAL, SERVICE) for tie in person.ties)


def distrust(person: Person, trust: float) -> float:
    """Ratio of the hazard of leaving a programme or the service to that without any trust."""
    return math.exp(-person.model.rules.parameters.enrol.leaving_trust * trust)


def stay_or_leave(person: Person, p: int) -> None:
    programme, e = person.model.programmes[p], person.model.rules.parameters.enrol
    if person.places[p].weeks_in >= programme.weeks:
        return leave(person, p, "completes")
    used = [tie for tie in person.ties if tie.origin == p] or existing(person, programme)
    trust = sum(tie.trust for tie in used) / len(used) if used else person.model.rules.parameters.bond.start_trust
    if draws(person, p, Draw.ENROL)[1] < chance_of(e.dropout / programme.weeks * distrust(person, trust)):
        person.dropouts += 1
        leave(person, p, "drops out")


def leave(person: Person, p: int, how: str) -> None:
    model = person.model
    person.model.tell(how, person.identity, p)
    person.places[p].weeks_in, person.places[p].weeks_out = -1, 0
    for tie in [tie for tie in person.ties if tie.origin == p]:
        tie.rate = model.rules.parameters.enrol.afterlife * model.programmes[p].sessions_per_week
        if tie.role == Role.PROFESSIONAL:
            tie.end("the programme is over")


def join(person: Person, p: int) -> None:
    programme = person.model.programmes[p]
    person.model.tell("joins", person.identity, p)
    person.places[p].weeks_in = 0
    person.enrolments += 1
    for role in Role:
        if programme.makes[role]:
            here = sum(tie.origin == p and tie.role == role for tie in person.ties)
            for _ in range(programme.uses[role] - here):
                begin(person, p, role)
    for tie in person.ties:
        if tie.origin == p:
            tie.rate = 0.0
    form_group(person, p)


def form_group(person: Person, p: int) -> None:
    """All in a group know each other; its professionals are the same for all its members in a neighbourhood."""
    model, programme = person.model, person.model.programmes[p]
    people = model.rules.parameters.people
    for one, other in combinations([tie for tie in person.ties if tie.origin == p and programme.group], 2):
        acquaint(one, other)
    for k, tie in enumerate(therapists(person, p) if programme.group else []):
        key = 65536 * programme.key + k
        _, _, competence, warmth = model.luck.normals(Draw.TRAITS_A, 0, first_neighbour(person), key)
        tie.competence = clip(people.competence.professional + people.spread * competence)
        tie.warmth = clip(people.warmth + people.spread * warmth)


def therapists(person: Person, p: int) -> list[Tie]:
    """Professionals whom a programme has brought."""
    return [tie for tie in person.ties if tie.origin == p and tie.role == Role.PROFESSIONAL]


def begin(person: Person, p: int, role: Role) -> None:
    if tie := new_tie(person, role, origin=p):
        meet_in_sessions(tie, person.model.programmes[p])


def meet_in_sessions(tie: Tie, programme: Programmes) -> None:
    """What a tie of a programme is besides a tie."""
    tie.rate = 0.0
    tie.supporter.capacity = max(tie.supporter.capacity, programme.sessions_per_week)
    if tie.role == programme.deliverer:
        tie.reciprocity = programme.reciprocity
        if programme.expert_stated:
            tie.expertise = programme.expertise


def existing(person: Person, programme: Programmes) -> list[Tie]:
    """The natural and service ties that take part in a programme: the most trusted of each role it uses."""
    found: list[Tie] = []
    for role in Role:
        if programme.uses[role] and not programme.makes[role]:
            ties = [tie for tie in person.ties if tie.role == role and tie.origin in (NATURAL, SERVICE)]
            found += sorted(ties, key=lambda tie: -tie.trust)[: programme.uses[role]]  # stable: the older first
    return found


def use_services(person: Person) -> None:
    """Hand-over to a successor, disengagement and return."""
    model, tie, post = person.model, person.service_tie, person.post
    e = model.rules.parameters.enrol
    leaving, returning, _, _ = model.luck.uniforms(Draw.SERVICE, model.week, person.identity)
    if not person.access:
        if tie:
            tie.end("no access")
    elif tie and post:
        if person.holder != post.holder:
            tie = hand_over(person, tie, SERVICE)
        if leaving < chance_of(e.disengage * distrust(person, tie.trust)):
            tie.end("disengages")
    elif post and returning < (e.back_in_crisis if person.crisis > 0 else model.rules.parameters.pace.slow):
        new_tie(person, Role.PROFESSIONAL, origin=SERVICE)


def hand_over(person: Person, old: Tie, origin: int) -> Tie:
    start = person.model.rules.parameters.bond
    continuity = person.model.levers[person.team].continuity
    place = person.ties.index(old)
    old.end("handed over")
    tie = new_tie(person, Role.PROFESSIONAL, origin=origin)
    assert tie is not None, "the old one has made room"
    person.ties.remove(tie)
    person.ties.insert(place, tie)
    tie.trust = single(start.start_trust + continuity * (old.trust - start.start_trust))
    tie.strength = start.start_strength + continuity * (old.strength - start.start_strength)
    tie.rate, tie.ceiling = old.rate, old.ceiling
    return tie


def replace_staff(person: Person) -> None:
    """Professionals who came with a programme leave like others, and are succeeded."""
    model = person.model
    for p, programme in enumerate(model.programmes):
        if person.places[p].weeks_in < 1 or programme.keeps_staff:
            continue
        whose = first_neighbour(person) if programme.group else person.identity
        u = model.luck.uniforms(Draw.STAFF, model.week, whose, 65536 * programme.key)[0]
        if u < chance_of(model.levers[person.team].turnover / 52):
            for tie in therapists(person, p):
                meet_in_sessions(hand_over(person, tie, p), programme)
            form_group(person, p)


def turn_page(model: "Reference") -> None:
    """The week ends: another week in, or since, each programme."""
    for person in model.persons:
        for place in person.places:
            if place.weeks_in >= 0:
                place.weeks_in += 1
            elif place.weeks_out < NEVER:
                place.weeks_out += 1


def set_sessions(person: Person) -> None:
    """Which sessions there are this week, and with whom: attended, or held without the person."""
    person.diary, person.meetings = [], []
    for p, programme in enumerate(person.model.programmes):
        place = person.places[p]
        number = attended(person, p) if place.weeks_in >= 0 else 0
        place.sessions, place.meetings = (0, number) if programme.without_person else (number, 0)
        place.attended += number
        person.sessions += place.sessions
        if number:
            made = [tie for tie in person.ties if tie.origin == p and comes(tie)]
            own = existing(person, programme) if own_ties_come(person, p) else []
            session = Session(p, made + own, programme.deliverer < 0)
            (person.meetings if programme.without_person else person.diary).extend([session] * number)
            person.model.tell("sessions", person.identity, p, number)


def comes(tie: Tie) -> bool:
    """Whether the supporter in a tie that a programme has made comes to its sessions: a member while they are one."""
    return tie.fellow is None or tie.fellow.places[tie.origin].weeks_in >= 0


def own_ties_come(person: Person, p: int) -> bool:
    return draws(person, p, Draw.SESSION, index=2)[0] < person.model.programmes[p].network_share


def attended(person: Person, p: int) -> int:
    """Sessions that the person attends; those without the person take place whatever happens."""
    programme = person.model.programmes[p]
    words = draws(person, p, Draw.SESSION, index=0) + draws(person, p, Draw.SESSION, index=1)
    held = min(7, math.floor(programme.sessions_per_week + words[0]))
    if programme.without_person:
        return held
    closing = person.model.rules.parameters.meet.closing
    chance = 1.0 if programme.non_verbal else 1 - closing * person.withdrawal
    return sum(words[j + 1] < chance for j in range(held))
