"""Ties that move, supporters who tire, ties that end and begin, of the reference model (docs/odd.md, 7.3, 7.6, 7.7)."""

import math
from itertools import combinations
from typing import TYPE_CHECKING

from supportnet.sim.enums import NATURAL, SERVICE, Process, Resource, Role
from supportnet.sim.randomness import Draw
from tests.reference_contacts import openness_of
from tests.reference_people import (
    USUALLY_WANTED,
    Person,
    Post,
    Supporter,
    Tie,
    acquaint,
    chance_of,
    clip,
    new_tie,
    pair_uniforms,
    share_known,
    single,
    usual_expertise,
)

if TYPE_CHECKING:
    from tests.reference import Reference


def bond(model: "Reference") -> None:
    """Ties move, and people learn."""
    b = model.rules.parameters.bond
    for person in model.persons:
        criticism = {tie: tie.criticism for tie in person.ties}
        for tie in person.ties:
            move(tie)
            drift(tie)
            criticise(tie, criticism)
        taught = sum(contact.taught for tie in (*person.ties, *person.facilitators) for contact in tie.contacts)
        person.skill = 1 - (1 - person.skill) * (1 - b.skill_gain) ** taught
        person.skill -= b.skill_gain * (person.skill - person.own_skill)


def move(tie: Tie) -> None:
    """Trust, friction, strength, ruptures and repairs."""
    p = tie.person.model.rules.parameters
    b = p.bond
    good = [contact for contact in tie.contacts if contact.well]
    well = sum(1 / contact.shared_by for contact in good)
    ruptures = sum(1 / contact.shared_by for contact in tie.contacts if contact.rupture)
    lesser = sum(1 / contact.shared_by for contact in tie.contacts if not contact.well and not contact.rupture)
    support = sum(contact.emotional + contact.problem + contact.companionship for contact in good)

    if not tie.ruptured:
        tie.trust = 1 - (1 - tie.trust) * (1 - b.trust_gain) ** well
    tie.friction *= (1 - p.pace.medium) ** well
    tie.strength = clip(tie.strength + b.strength_gain * support * (tie.ceiling - tie.strength))
    if any(contact.repaired for contact in good):
        tie.trust = min(1.0, tie.trust + tie.trust_lost)
        tie.trust_lost, tie.ruptured = 0.0, False
    if ruptures:
        lost = tie.trust * (1 - (1 - b.rupture) ** ruptures)
        tie.trust -= lost
        tie.trust_lost, tie.ruptured = min(1.0, tie.trust_lost + lost), True
        tie.friction = 1 - (1 - tie.friction) * (1 - b.rupture) ** ruptures
    tie.trust *= (1 - p.pace.medium) ** lesser
    tie.friction = 1 - (1 - tie.friction) * (1 - p.pace.medium) ** lesser
    tie.trust, tie.trust_lost = single(tie.trust), single(tie.trust_lost)
    if tie.contacts:
        tie.since = 0
    else:
        fading = b.fading * (p.fade.family if tie.role == Role.FAMILY else 1.0)
        tie.strength -= fading * tie.strength * (1 - tie.strength)
        tie.since += 1


def drift(tie: Tie) -> None:
    """Reciprocity and expertise follow the two people, the supporter's openness, and programmes."""
    person, p = tie.person, tie.person.model.rules.parameters
    b, pace = p.bond, p.pace.medium
    reciprocity = clip(b.reciprocity[tie.role] + b.adaptation * (person.wanted - USUALLY_WANTED))
    expertise = clip(usual_expertise(person, tie.role) + b.adaptation * (person.empowerment - p.centre.empowerment))
    tie.reciprocity += pace * (reciprocity - tie.reciprocity)
    tie.expertise += pace * (expertise - tie.expertise)
    for contact in tie.contacts:
        if contact.well and contact.transcending > 0:
            tie.reciprocity += b.pull * (openness_of(tie) - tie.reciprocity)
    for contact in tie.contacts:
        if contact.programme and contact.delivers:
            tie.reciprocity += b.pull * (contact.programme.reciprocity - tie.reciprocity)
            if contact.programme.expert_stated:
                tie.expertise += b.pull * (contact.programme.expertise - tie.expertise)


def criticise(tie: Tie, before: dict[Tie, float]) -> None:
    """Share of critical contacts, relatives' criticism, and age."""
    person, p = tie.person, tie.person.model.rules.parameters
    for contact in tie.contacts:
        tie.critical += p.measure.critical_memory * (float(contact.critical) - tie.critical)
    if tie.role == Role.FAMILY:
        level = tie.own_criticism + (tie.supporter.strain - p.centre.relatives_strain)
        level += p.clinic.criticism_distress * (person.distress - p.centre.distress)
        tie.criticism += p.pace.slow * (level - tie.criticism)
        for contact in tie.contacts:
            if contact.facilitated:
                tie.criticism -= p.clinic.family_sessions * tie.criticism * (0.5 + person.self_actualising)
        at_home = [other for other in tie.acquaintances if other.role == Role.FAMILY]
        led = [one for one in person.diary if person.model.programmes[one.programme].facilitated]
        rooms = [session.ties for session in led if tie in session.ties]
        for company in (at_home, *([other for other in tie.acquaintances if other in room] for room in rooms)):
            if company:
                mean = sum(before[other] for other in company) / len(company)
                tie.criticism += p.net.climate * (mean - before[tie])
        tie.criticism = clip(tie.criticism)
    tie.age += 1


def tire(model: "Reference") -> None:
    """Strain of those who help; staff leave."""
    for supporter in list(model.supporters()):
        tire_one(model, supporter)
    for person in model.persons:
        good = [contact for tie in person.helper.ties for contact in tie.contacts if contact.well]
        person.owed_giving = person.helper.total([contact.presence for contact in good])
    for post in model.posts:
        if post.team >= 0:
            post.open_weeks += 1
            may_leave(model, post)


def tire_one(model: "Reference", supporter: Supporter) -> None:
    t, pace = model.rules.parameters.tire, model.rules.parameters.pace.medium
    contacts = [contact for tie in supporter.ties for contact in tie.contacts]
    good = [contact for contact in contacts if contact.well]
    staff = isinstance(supporter, Post) or any(tie.role == Role.PROFESSIONAL for tie in supporter.ties)
    bad_share = imbalance = reward = openness = 0.0
    if contacts:
        bad_share = (len(contacts) - len(good)) / len(contacts)
        imbalance = supporter.total([max(0.0, 0.5 - contact.reciprocity) for contact in contacts]) / len(contacts)
    if good:
        reward = supporter.total([contact.reciprocity for contact in good]) / len(good)
    if staff and any(contact.transcending > 0 for contact in contacts):
        shared = (
            model.levers[supporter.team].boundary_openness
            if isinstance(supporter, Post)
            else openness_of(supporter.ties[0])
        )
        openness = max(0.0, shared - t.openness_safe)
    came_along = [contact for contact in contacts if contact.facilitated and not contact.delivers]
    relief = sum(contact.session.support_for(supporter.ties[0]) for contact in came_along) if supporter.row < 0 else 0.0
    load = supporter.demand - relieved_by_others(supporter)
    overload = max(0.0, load / supporter.capacity - 1) if supporter.demand > 0 else 0.0
    supporter.strain = clip(
        supporter.strain + t.gain * (overload + bad_share + imbalance) - (t.gain * reward + pace) * supporter.strain
    )
    supporter.strain = clip(supporter.strain * (1 - t.session_relief) ** relief + t.gain * openness)


def relieved_by_others(supporter: Supporter) -> float:
    """What those whom a supporter with one tie knows carry of the load, if there is too much of it."""
    if supporter.row >= 0:
        return 0.0
    share = supporter.model.rules.parameters.net.shared_load
    others = [tie.supporter for tie in supporter.ties[0].acquaintances if tie.supporter.row < 0]
    return share * sum(max(0.0, other.capacity - other.demand) for other in others)


def may_leave(model: "Reference", post: Post) -> None:
    """A post's holder may leave; a successor takes the post next week."""
    p = model.rules.parameters
    people = p.people
    pressure = math.exp(p.tire.leaving_slope * (post.strain - p.centre.staff_strain))
    u = model.luck.uniforms(Draw.STAFF, model.week, post.row)[0]
    if u < chance_of(model.levers[post.team].turnover / 52 * pressure):
        model.tell("staff leave", post.row, post.holder)
        post.left += 1
        post.holder += 1
        post.strain = 0.0
        competence, warmth, _, _ = model.luck.normals(Draw.STAFF_TRAITS, post.holder, post.row)
        post.competence = clip(people.competence.professional + people.spread * competence)
        post.warmth = clip(people.warmth + people.spread * warmth)


def fade_and_form(model: "Reference") -> None:
    """Ties end, and natural ties begin."""
    for person in model.persons:
        meet_each_other(person)
        embedded = {tie: share_known(tie, person.ties) for tie in person.ties}
        for tie in list(person.ties):
            if tie.origin != SERVICE:
                may_end(tie, embedded[tie])
        form(person)


def meet_each_other(person: Person) -> None:
    """Those who sit in a facilitated session become acquainted."""
    model = person.model
    for p, programme in enumerate(model.programmes):
        sessions = [session for session in person.diary + person.meetings if session.programme == p]
        if programme.facilitated and sessions:
            key = 65536 * programme.key
            u = model.luck.uniforms(Draw.SESSION, model.week, person.identity, key, index=3)[0]
            if u < 1 - (1 - model.rules.parameters.net.meeting) ** len(sessions):
                for one, other in combinations(sessions[0].ties, 2):
                    acquaint(one, other)


def may_end(tie: Tie, embedded: float) -> None:
    person, model = tie.person, tie.person.model
    f = model.rules.parameters.fade
    if tie.strength < f.floor:
        return tie.end("faded")
    if tie.origin != NATURAL and person.places[tie.origin].weeks_in >= 0:
        return None
    _, outside, leaving, _ = model.luck.uniforms(Draw.MEET, model.week, person.identity, tie.key)
    embeddedness = model.rules.parameters.net.embeddedness
    hazard = f.outside * math.exp(-f.outside_slope * tie.strength - embeddedness * embedded)
    if outside < chance_of(hazard * (f.family if tie.role == Role.FAMILY else 1.0)):
        return tie.end("outside reasons")
    if tie.role != Role.FAMILY and leaving < chance_of(f.leaving * tie.friction**2 * person.empowerment):
        return tie.end("does harm")
    return None


def form(person: Person) -> None:
    model = person.model
    f = model.rules.parameters.form
    size = sum(tie.role in (Role.PEER, Role.FRIEND) for tie in person.ties)
    relatives = sum(tie.role == Role.FAMILY for tie in person.ties)
    connected, active = person.processes[Process.CONNECTEDNESS], person.resources[Resource.RECREATIONAL_ACTIVITIES]
    openness = (connected + person.skill + active) * (1 - person.withdrawal)
    words = model.luck.uniforms(Draw.FORM, model.week, person.identity)
    for role, u in zip((Role.PEER, Role.FRIEND), words, strict=False):
        if u < f.chance[role - 1] * openness * max(0.0, 1 - size / person.wished_size):
            new = new_tie(person, role, origin=NATURAL)
            if new is not None:
                introduce(new)
    if relatives < person.relatives and words[2] < f.chance.family * (1 - relatives / person.relatives):
        new_tie(person, Role.FAMILY, origin=NATURAL)


def introduce(new: Tie) -> None:
    """A friend or peer may come through somebody whom the person has already."""
    person = new.person
    others = person.ties[:-1]
    whom, comes, _, _ = person.model.luck.uniforms(Draw.ACQUAINTANCE, 0, person.identity, new.key, index=1)
    if not others:
        return
    through = others[math.floor(whom * len(others))]
    chance = share_known(through, others)
    if comes < chance:
        known = [other for other in through.acquaintances if other is not new]
        acquaint(new, through)
        for other in known:
            if pair_uniforms(new, other)[1] < chance:
                acquaint(new, other)
