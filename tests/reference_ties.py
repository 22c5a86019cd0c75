"""Ties that move, supporters who tire, ties that end and begin, of the reference model (docs/odd.md, 7.3, 7.6, 7.7)."""

import math
from itertools import combinations
from typing import TYPE_CHECKING

from supportnet.sim.enums import NATURAL, SERVICE, Process, Resource, Role
from supportnet.sim.randomness import Draw
from tests.reference_contacts import openness_of
from tests.reference_people import (
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
        person.skill -= b.skill_loss * (person.skill - person.own_skill)


def move(tie: Tie) -> None:
    """Trust, friction, strength, ruptures and repairs."""
    b = tie.person.model.rules.parameters.bond
    good = [contact for contact in tie.contacts if contact.well]
    well = sum(1 / contact.shared_by for contact in good)
    ruptures = sum(1 / contact.shared_by for contact in tie.contacts if contact.rupture)
    lesser = sum(1 / contact.shared_by for contact in tie.contacts if not contact.well and not contact.rupture)
    support = sum(contact.emotional + contact.problem + contact.companionship for contact in good)

    if not tie.ruptured:
        tie.trust = 1 - (1 - tie.trust) * (1 - b.trust_gain) ** well
    tie.friction *= (1 - b.friction_relief) ** well
    pace = b.strength_gain * (b.above_ceiling if tie.strength > tie.ceiling else 1.0)
    tie.strength = clip(tie.strength + pace * support * (tie.ceiling - tie.strength))
    if any(contact.repaired for contact in good):
        tie.trust = min(1.0, tie.trust + tie.trust_lost)
        tie.trust_lost, tie.ruptured = 0.0, False
    if ruptures:
        lost = tie.trust * (1 - (1 - b.rupture_trust) ** ruptures)
        tie.trust -= lost
        tie.trust_lost, tie.ruptured = min(1.0, tie.trust_lost + lost), True
        tie.friction = 1 - (1 - tie.friction) * (1 - b.rupture_friction) ** ruptures
        tie.strength *= (1 - b.rupture_strength) ** ruptures
    if lesser:
        tie.trust *= (1 - b.lesser * b.rupture_trust) ** lesser
        tie.friction = 1 - (1 - tie.friction) * (1 - b.lesser * b.rupture_friction) ** lesser
        tie.strength *= (1 - b.lesser * b.rupture_strength) ** lesser
    if tie.contacts:
        tie.since = 0
    else:
        tie.strength -= b.fading[tie.role] * tie.strength * (1 - b.fading_protection * tie.strength)
        tie.since += 1


def drift(tie: Tie) -> None:
    """Reciprocity and expertise follow the two people, the supporter's openness, and programmes."""
    person, p = tie.person, tie.person.model.rules.parameters
    b = p.bond
    reciprocity = clip(b.reciprocity[tie.role] + b.reciprocity_wanted * (person.wanted - p.people.wanted))
    expertise = clip(
        usual_expertise(person, tie.role) + b.expertise_empowerment * (person.empowerment - p.centre.empowerment)
    )
    tie.reciprocity += b.drift * (reciprocity - tie.reciprocity)
    tie.expertise += b.drift * (expertise - tie.expertise)
    for contact in tie.contacts:
        if contact.well and contact.transcending > 0:
            tie.reciprocity += p.help.transcending_pull * (openness_of(tie) - tie.reciprocity)
    for contact in tie.contacts:
        if contact.programme and contact.delivers:
            tie.reciprocity += b.programme_pull * (contact.programme.reciprocity - tie.reciprocity)
            if contact.programme.expert_stated:
                tie.expertise += b.programme_pull * (contact.programme.expertise - tie.expertise)


def criticise(tie: Tie, before: dict[Tie, float]) -> None:
    """Share of critical contacts, relatives' criticism, nearness and age."""
    person, p = tie.person, tie.person.model.rules.parameters
    for contact in tie.contacts:
        tie.critical += p.bond.critical_memory * (float(contact.critical) - tie.critical)
    if tie.role == Role.FAMILY:
        c = p.clinic
        tie.criticism += c.criticism_rate * (tie.own_criticism - tie.criticism)
        tie.criticism += c.criticism_strain * (tie.supporter.strain - p.centre.relatives_strain)
        for contact in tie.contacts:
            if contact.facilitated:
                tie.criticism -= c.family_sessions * tie.criticism * (0.5 + person.self_actualising)
        at_home = [other for other in tie.acquaintances if other.role == Role.FAMILY]
        led = [one for one in person.diary if person.model.programmes[one.programme].facilitated]
        rooms = [session.ties for session in led if tie in session.ties]
        for company in (at_home, *([other for other in tie.acquaintances if other in room] for room in rooms)):
            if company:
                mean = sum(before[other] for other in company) / len(company)
                tie.criticism += p.net.climate * (mean - before[tie])
        tie.criticism = clip(tie.criticism)
    tie.nearness += p.fade.returning * (1 - tie.nearness)
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
    t = model.rules.parameters.tire
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
        supporter.strain
        + t.overload * overload
        + bad_share * (t.bad_staff if staff else t.bad_other)
        + t.imbalance * imbalance
        - t.recovery * supporter.strain
        - t.reward * reward * supporter.strain
    )
    supporter.strain = clip(supporter.strain * (1 - t.session_relief) ** relief + t.openness * openness)


def relieved_by_others(supporter: Supporter) -> float:
    """What those whom a supporter with one tie knows carry of the load, if there is too much of it."""
    if supporter.row >= 0:
        return 0.0
    share = supporter.model.rules.parameters.net.shared_load
    others = [tie.supporter for tie in supporter.ties[0].acquaintances if tie.supporter.row < 0]
    return share * sum(max(0.0, other.capacity - other.demand) for other in others)


def may_leave(model: "Reference", post: Post) -> None:
    """A post's holder may leave; a successor takes the post next week."""
    t, people = model.rules.parameters.tire, model.rules.parameters.people
    pressure = min(t.leaving_highest, math.exp(t.leaving_slope * (post.strain - t.leaving_centre)))
    u = model.luck.uniforms(Draw.STAFF, model.week, post.row)[0]
    if u < chance_of(model.levers[post.team].turnover / 52 * pressure):
        model.tell("staff leave", post.row, post.holder)
        post.left += 1
        post.holder += 1
        post.strain = 0.0
        competence, warmth, _, _ = model.luck.normals(Draw.STAFF_TRAITS, post.holder, post.row)
        post.competence = clip(people.competence[Role.PROFESSIONAL] + people.competence_spread * competence)
        post.warmth = clip(people.warmth + people.warmth_spread * warmth)


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
    hazard = hazard * (f.outside_family if tie.role == Role.FAMILY else 1.0) + f.anyhow
    if outside < chance_of(hazard):
        return tie.end("outside reasons")
    if leaving < chance_of(f.leaving * tie.friction**2 * person.empowerment):
        if tie.role != Role.FAMILY:
            return tie.end("does harm")
        tie.nearness *= f.distance
        model.tell("kept at a distance", person.identity, tie.key)
    return None


def form(person: Person) -> None:
    model = person.model
    f = model.rules.parameters.form
    size = sum(tie.role in (Role.PEER, Role.FRIEND) for tie in person.ties)
    relatives = sum(tie.role == Role.FAMILY for tie in person.ties)
    openness = (
        (f.connectedness + person.processes[Process.CONNECTEDNESS])
        * (f.skill + person.skill)
        * (f.recreational + person.resources[Resource.RECREATIONAL_ACTIVITIES])
        * (1 - person.withdrawal)
    )
    words = model.luck.uniforms(Draw.FORM, model.week, person.identity)
    for role, u in zip((Role.PEER, Role.FRIEND), words, strict=False):
        if u < f.chance[role - 1] * openness**f.exponent * max(0.0, 1 - size / person.wished_size):
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
