"""Personal recovery and the clinical axes of the reference model (docs/odd.md, 7.4 and 7.5)."""

import math
from typing import TYPE_CHECKING, NamedTuple

from supportnet.sim.enums import SERVICE, Process, Resource, Role
from supportnet.sim.randomness import Draw
from supportnet.sim.rules import HeldResource
from supportnet.sim.state import Input
from tests.reference_people import Contact, Facilitator, Person, Tie, chance_of, clip, logistic, sat, single

if TYPE_CHECKING:
    from tests.reference import Reference


def recover(model: "Reference") -> None:
    """Inputs, resources, processes, distress, withdrawal, loneliness, relapse."""
    for person in model.persons:
        smooth_inputs(person)
        seen = look(person)
        resources = next_resources(person, seen)
        processes = next_processes(person, seen)
        distress, withdrawal = next_distress(person, seen), next_withdrawal(person, seen)
        loneliness = next_loneliness(person, seen)
        relapses = person.crisis == 0 and relapse_strikes(person, seen)

        person.resources, person.processes = resources, processes
        person.distress, person.withdrawal, person.loneliness = distress, withdrawal, loneliness
        if person.crisis > 0:
            person.crisis -= 1
            person.crisis_weeks += 1
        if relapses:
            relapse(person)
        keep_count(person)


def every_contact(person: Person) -> list[tuple[Tie | Facilitator, Contact]]:
    """Contacts with ties, and with facilitators who are none."""
    return contacts_of(person) + [(one, contact) for one in person.facilitators for contact in one.contacts]


def contacts_of(person: Person, *roles: Role) -> list[tuple[Tie, Contact]]:
    return [(tie, contact) for tie in person.ties for contact in tie.contacts if not roles or tie.role in roles]


def smooth_inputs(person: Person) -> None:
    """What the week brought enters what is remembered of it."""
    p = person.model.rules.parameters
    every = every_contact(person)
    well = [(tie, contact) for tie, contact in every if contact.well]
    treating = [c for t, c in every if t.role == Role.PROFESSIONAL and c.delivers]
    stranger = p.bond.start_trust

    def counts(tie: Tie) -> float:
        return 1.0 if tie.role == Role.PROFESSIONAL else p.help.lay

    week = [0.0] * len(Input)
    week[Input.COMPANIONSHIP] = sum(counts(t) * c.companionship for t, c in well)
    week[Input.EMOTIONAL] = sum(counts(t) * c.emotional for t, c in well)
    week[Input.PROBLEM] = sum(counts(t) * c.problem for t, c in well)
    week[Input.INFLUENCE] = sum(counts(t) * c.influence for t, c in well)
    week[Input.LIVED_EXPERIENCE] = sum(counts(t) * c.communication for t, c in well if t.role == Role.PEER)
    week[Input.TRANSCENDING] = sum(c.transcending for _, c in well)
    given = sum(counts(t) * c.reciprocity * c.presence for t, c in well)
    week[Input.GIVING] = given + p.help.lay * person.owed_giving
    week[Input.RUPTURES] = sum(counts(t) * c.rupture / c.shared_by for t, c in every)
    week[Input.REACTANCE] = sum(counts(t) * c.reactance / c.shared_by for t, c in every)
    week[Input.EXPERTISE] = sum(counts(t) * c.expertise / c.shared_by for t, c in every)
    week[Input.CONTACTS] = sum(1 / c.shared_by for _, c in every)
    week[Input.TREATMENT] = sum(c.competence * (c.trust - stranger) / c.shared_by for c in treating)
    week[Input.NEGATIVE] = sum(c.critical / c.shared_by for _, c in every)
    week[Input.SOCIAL] = sum(counts(t) / c.shared_by for t, c in contacts_of(person, Role.FRIEND, Role.PEER))
    week[Input.FAMILY] = sum(1 / c.shared_by for _, c in contacts_of(person, Role.FAMILY))
    week[Input.CRITICAL] = sum(c.critical / c.shared_by for _, c in contacts_of(person, Role.FAMILY))

    for i, brought in enumerate(week):
        slowly = i in (Input.FAMILY, Input.CRITICAL)
        pace = p.pace.medium if slowly else p.pace.fast
        person.inputs[i] += pace * (brought - person.inputs[i])


class Seen(NamedTuple):
    """What this week's recovery is worked out from, besides the person."""

    companionship: float  # saturated from here
    emotional: float
    problem: float
    influence: float
    lived: float
    transcending: float
    giving: float
    ruptures: float
    reactance: float
    social: float
    expertise_held: float
    negative: float  # share of contacts that are critical, whoever the supporter is
    critical_share: float  # of relatives' contacts
    treatment: float
    best: float  # strength x trust of the best tie
    friction: float  # mean over ties
    family_warmth: float | None  # None without relatives


def look(person: Person) -> Seen:
    p = person.model.rules.parameters
    s = person.inputs

    def full(column: int) -> float:
        return sat(s[column], p.recover.half)

    def held(resource: HeldResource, free: float) -> float:
        value = person.model.rules.resources[resource]
        return free if math.isnan(value) else value

    family = [tie for tie in person.ties if tie.role == Role.FAMILY]
    return Seen(
        companionship=held(HeldResource.COMPANIONSHIP, full(Input.COMPANIONSHIP)),
        emotional=full(Input.EMOTIONAL),
        problem=full(Input.PROBLEM),
        influence=full(Input.INFLUENCE),
        lived=full(Input.LIVED_EXPERIENCE),
        transcending=full(Input.TRANSCENDING),
        giving=full(Input.GIVING),
        ruptures=full(Input.RUPTURES),
        reactance=full(Input.REACTANCE),
        social=held(HeldResource.CONTACT, full(Input.SOCIAL)),
        expertise_held=s[Input.EXPERTISE] / s[Input.CONTACTS] if s[Input.CONTACTS] > 0 else 0.5,
        negative=s[Input.NEGATIVE] / s[Input.CONTACTS] if s[Input.CONTACTS] > 0 else 0.0,
        critical_share=(s[Input.CRITICAL] + p.clinic.critical_prior * p.centre.critical_share)
        / (s[Input.FAMILY] + p.clinic.critical_prior),
        treatment=s[Input.TREATMENT],
        best=held(HeldResource.BEST_TIE, max((tie.strength * tie.trust for tie in person.ties), default=0.0)),
        friction=sum(tie.friction for tie in person.ties) / len(person.ties) if person.ties else p.centre.friction,
        family_warmth=sum(tie.warmth * tie.strength for tie in family) / len(family) if family else None,
    )


def next_resources(person: Person, seen: Seen) -> list[float]:
    session, pace = person.model.rules.parameters.resources.session, person.model.rules.parameters.pace.medium
    sources = [
        seen.expertise_held * seen.problem,
        seen.lived,
        (seen.influence + seen.giving) / 2,
        seen.companionship,
        person.processes[Process.HOPE],
    ]
    programmes = person.model.programmes
    after = []
    for resource in Resource:
        had = person.resources[resource]
        sessions = sum(bool(programmes[session.programme].mobilises[resource]) for session in person.diary)
        held = person.model.rules.resources[resource]
        after.append(
            held
            if not math.isnan(held)
            else clip(
                had
                + (1 - (1 - session) ** sessions) * (1 - had)
                + pace * sources[resource] * (1 - had)
                - pace * (had - person.own_resources[resource])
            )
        )
    return after


def weighted_inputs(person: Person, seen: Seen) -> list[float]:
    """What raises the five processes, less what harms them: one weight, but for what is fitted or not identified."""
    r = person.model.rules.parameters.recover
    decisions, experience, strengths, recreation, _ = person.resources
    inputs = {
        Process.CONNECTEDNESS: [seen.companionship, -person.loneliness],
        Process.HOPE: [seen.emotional, seen.lived, experience, -seen.ruptures],
        Process.IDENTITY: [seen.transcending, strengths, experience],
        Process.MEANING: [recreation, strengths],
        Process.EMPOWERMENT: [decisions, seen.influence, -seen.negative],
    }
    weighted = [r.weight * sum(inputs[process]) for process in Process]
    weighted[Process.CONNECTEDNESS] += r.best_tie * seen.best
    for process in (Process.IDENTITY, Process.MEANING, Process.EMPOWERMENT):
        weighted[process] += r.reciprocity_weight * seen.giving
    weighted[Process.EMPOWERMENT] += r.expertise_weight * seen.expertise_held - r.reactance_weight * seen.reactance
    return weighted


def next_processes(person: Person, seen: Seen) -> list[float]:
    model = person.model
    r, medium = model.rules.parameters.recover, model.rules.parameters.pace.medium
    noise = r.noise * model.luck.normals(Draw.NOISE, model.week, person.identity)[0]
    burden = r.distress * person.distress
    after = []
    for process, weighted in zip(Process, weighted_inputs(person, seen), strict=True):
        had = person.processes[process]
        target = logistic(r.base[process] + person.intercepts[process] + weighted - burden)
        pace = medium * (1 + r.self_actualising * person.self_actualising if target > had else 1)
        after.append(clip(had + pace * (target - had) + noise))
    return after


def next_distress(person: Person, seen: Seen) -> float:
    model = person.model
    c, centre = model.rules.parameters.clinic, model.rules.parameters.centre
    target = logistic(
        math.log(person.vulnerability / (1 - person.vulnerability))
        + c.distress_harm * (seen.critical_share - centre.critical_share)
        + c.distress_harm * (seen.friction - centre.friction)
        - c.distress_treatment * seen.treatment
        - c.distress_hope * (person.processes[Process.HOPE] - centre.hope)
    )
    happens, how_large, _, _ = model.luck.uniforms(Draw.CLINIC, model.week, person.identity)
    event = 0.0
    if happens < c.event_chance:
        event = -c.event_size * (1 - person.distress) * math.log(1 - how_large)
        model.tell("event of life", person.identity, event)
    pace = model.rules.parameters.pace.fast
    return clip(person.distress + pace * (target - person.distress) + event * (1 - c.event_buffer * seen.emotional))


def next_withdrawal(person: Person, seen: Seen) -> float:
    p = person.model.rules.parameters
    driven = (person.distress - p.centre.distress) - (seen.social - p.centre.contact)
    target = person.own_withdrawal + p.clinic.withdrawal_weight * driven
    return clip(person.withdrawal + p.pace.medium * (target - person.withdrawal))


def next_loneliness(person: Person, seen: Seen) -> float:
    p = person.model.rules.parameters
    share = p.clinic.loneliness_best_tie
    have = share * seen.best + (1 - share) * seen.companionship
    lacking = max(0.0, person.need - have) / max(person.need, 0.05)
    return clip(person.loneliness + p.pace.fast * (lacking - person.loneliness))


def relapse_strikes(person: Person, seen: Seen) -> bool:
    model = person.model
    c, centre = model.rules.parameters.clinic, model.rules.parameters.centre
    warmth = 0.0 if seen.family_warmth is None else seen.family_warmth - centre.family_warmth
    hazard = c.relapse_hazard[person.condition] * math.exp(
        c.relapse_distress * (person.distress - centre.distress)
        + c.relapse_critical * (seen.critical_share - centre.critical_share)
        + c.relapse_other * (person.loneliness - centre.loneliness)
        - c.relapse_other * warmth
        - c.relapse_other * (person.empowerment - centre.empowerment)
    )
    return model.luck.uniforms(Draw.CLINIC, model.week, person.identity)[2] < chance_of(hazard)


def contact_sum(person: Person) -> float:
    return sum(1 / contact.shared_by for _, contact in every_contact(person))


def relapse(person: Person) -> None:
    """A relapse starts a crisis, and may lead to an admission."""
    model = person.model
    p = model.rules.parameters
    c = p.clinic
    person.distress = clip(person.distress + c.relapse_rise)
    u = model.luck.uniforms(Draw.CRISIS, model.week, person.identity)[0]
    shortest, longest = (math.floor(times * c.crisis_weeks + 0.5) for times in (0.5, 1.5))
    person.crisis = max(1, shortest + math.floor(u * (longest - shortest + 1)))
    person.relapse_week = model.week
    person.relapses += 1
    model.tell("relapse", person.identity, person.crisis)

    company = sat(contact_sum(person) + person.contacts, c.admission_half)
    admission = model.luck.uniforms(Draw.CLINIC, model.week, person.identity)[3]
    if admission < c.admission_chance * (1 - company):
        person.admissions += 1
        model.tell("admission", person.identity)
        for tie in person.ties:
            if tie.role == Role.PROFESSIONAL:
                tie.trust = single(tie.trust * (1 - p.bond.rupture))


def keep_count(person: Person) -> None:
    """Contacts of the week, and weeks in a row of being well or out of touch."""
    t = person.model.rules.parameters.thresholds
    person.contacts = contact_sum(person)
    person.recent[person.model.week % 4] = [min(255, len(contacts_of(person, role))) for role in Role]
    natural = [contact for _, contact in contacts_of(person, Role.PROFESSIONAL) if contact.programme is None]
    person.professional_contacts += len(natural)
    person.ruptures += sum(contact.rupture for _, contact in contacts_of(person))
    person.repairs += sum(any(contact.repaired for contact in tie.contacts) for tie in person.ties)
    met_service = any(tie.contacts for tie in person.ties if tie.origin == SERVICE)
    person.since_service = 0 if met_service else person.since_service + 1
    if person.access:
        person.post_weeks += 1 / person.model.levers[person.team].caseload
    well_personally = person.qpr >= t.recovered_qpr
    well_clinically = person.phq9 < t.remission_phq9 and person.withdrawal < t.remission_withdrawal
    person.weeks_personal = person.weeks_personal + 1 if well_personally else 0
    person.weeks_clinical = person.weeks_clinical + 1 if well_clinically else 0
