"""The people of the reference model as Mesa agents, and the ties between them (docs/odd.md, 2 and 7.0).

Attributes are named as the columns of sim/state.py, so that the two can be laid side by side.
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mesa
import numpy as np

from supportnet.sim.enums import NATURAL, SERVICE, Condition, Process, Resource, Role
from supportnet.sim.randomness import Draw
from supportnet.sim.rules import Programmes
from supportnet.sim.state import OUTSIDER, UNMATCHED

if TYPE_CHECKING:
    from tests.reference import Reference

MOST_TIES = 64  # of a person
USUALLY_WANTED = 0.5  # reciprocity


def clip(x: float, low: float = 0.0, high: float = 1.0) -> float:
    return min(high, max(low, x))


def single(x: float) -> float:
    """In single precision: trust comes close to 1 in many ties, and whose is highest is a matter of the last digits."""
    return float(np.float32(x))


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


def sat(x: float, half: float) -> float:
    return x / (x + half)


def chance_of(hazard: float) -> float:
    return 1 - math.exp(-hazard)


class Supporter(mesa.Agent):
    """Somebody who helps: one person only (row below 0), or several people (a row of `state.SharedSupporter`)."""

    model: "Reference"

    def __init__(self, model: "Reference", row: int = OUTSIDER):
        super().__init__(model)
        self.row = row
        self.person: Person | None = None  # who this is, where it is a person of the area
        self.strain = 0.0
        self.capacity = 1.0
        self.demand = 0.0
        self.availability = 1.0
        self.ties: list[Tie] = []

    def total(self, numbers: list[float]) -> float:
        """A sum over contacts or ties; of a supporter with several ties in units of 2 to the power of -20."""
        if self.row < 0:
            return sum(numbers)
        return sum(round(number * 2**20) for number in numbers) / 2**20


class Post(Supporter):
    """A professional's post in the service; holders come and go. Row of `state.SharedSupporter`."""

    holder: int
    team: int  # -1 where the post is closed
    competence: float
    warmth: float
    left: int  # times that a holder left
    open_weeks: int


class Person(mesa.Agent):
    """A person in recovery."""

    model: "Reference"
    identity: int
    condition: Condition
    team: int
    access: bool
    looking: bool  # a tie has begun that is to be with a fellow patient, not matched yet
    holder: int  # running number of the post's holder that the service tie is with
    made: list[int]
    vulnerability: float
    own_withdrawal: float
    own_skill: float
    wanted: float
    wished_size: float
    relatives: float
    need: float
    anxiety: float
    intercepts: list[float]
    time: float
    own_resources: list[float]
    processes: list[float]
    resources: list[float]
    distress: float
    withdrawal: float
    loneliness: float
    skill: float
    inputs: list[float]
    owed_giving: float
    share: float
    contacts: float
    recent: list[list[int]]
    crisis: int
    since_service: int
    weeks_personal: int
    weeks_clinical: int
    relapse_week: int
    relapses: int
    admissions: int
    crisis_weeks: int
    enrolments: int
    dropouts: int
    ruptures: int
    repairs: int
    sessions: int
    professional_contacts: int
    post_weeks: float
    helper: Supporter  # this person as a fellow patient's peer

    def __init__(self, model: "Reference"):
        super().__init__(model)
        self.post: Post | None = None
        self.ties: list[Tie] = []  # oldest first
        self.places: list[Place] = []  # one a programme
        self.diary: list[Session] = []  # attended this week
        self.meetings: list[Session] = []  # this week's without the person
        self.facilitators: list[Facilitator] = []  # of those sessions

    @property
    def empowerment(self) -> float:
        return self.processes[Process.EMPOWERMENT]

    @property
    def self_actualising(self) -> float:
        return self.resources[Resource.SELF_ACTUALISING]

    @property
    def service_tie(self) -> "Tie | None":
        return next((tie for tie in self.ties if tie.origin == SERVICE), None)

    @property
    def phq9(self) -> int:
        return math.floor(27 * self.distress + 0.5)

    @property
    def qpr(self) -> float:
        return 60 * sum(self.processes) / len(self.processes)


@dataclass
class Place:
    """What a person has to do with one programme."""

    weeks_in: int  # -1 where not in it
    weeks_out: int
    attended: int
    sessions: int  # this week
    meetings: int  # this week, without the person
    made: int


@dataclass
class Session:
    """A session this week, and the ties that take part."""

    programme: int
    ties: list["Tie"]
    facilitator: bool  # whether somebody who is no tie delivers it

    @property
    def shared_by(self) -> int:
        return len(self.ties) + self.facilitator

    def support_for(self, tie: "Tie") -> float:
        """For who comes along to it: from whoever leads it, and from those whom they know there."""
        return (1 + sum(other in tie.acquaintances for other in self.ties)) / self.shared_by


@dataclass
class Contact:
    """One meeting of a person and a supporter, and what it brought."""

    number: int
    session: Session | None  # None: a natural contact
    programme: Programmes | None  # of the session
    reciprocity: float
    expertise: float  # how far the person's own knowledge counts
    supporter_expertise: float
    delivers: bool = False  # the supporter is who delivers the session
    made_here: bool = False  # by a tie that the session's programme made
    trust: float = 0.0
    competence: float = 0.0
    presence: float = 0.0
    communication: float = 0.0
    emotional: float = 0.0
    problem: float = 0.0
    reactance: float = 0.0
    influence: float = 0.0
    transcending: float = 0.0
    companionship: float = 0.0
    well: bool = False
    rupture: bool = False
    repaired: bool = False
    critical: bool = False

    @property
    def mechanisms(self) -> list[float]:
        """In the order of `enums.Mechanism`."""
        return [
            self.presence,
            self.trust,
            self.communication,
            self.emotional,
            self.problem,
            self.influence,
            self.transcending,
        ]

    @property
    def shared_by(self) -> int:
        """Ties in the session, and its facilitator."""
        return self.session.shared_by if self.session else 1

    @property
    def taught(self) -> float:
        """Part of a session from which somebody learns."""
        return 1 / self.shared_by if self.programme is not None and self.well else 0.0

    @property
    def facilitated(self) -> bool:
        return self.programme is not None and bool(self.programme.facilitated)


@dataclass(eq=False)
class Tie:
    """A tie between a person and a supporter."""

    person: Person
    supporter: Supporter
    key: int
    role: Role
    origin: int
    strength: float
    trust: float
    reciprocity: float
    expertise: float
    friction: float
    rate: float
    ceiling: float
    ruptured: bool
    trust_lost: float
    critical: float
    age: int
    since: int
    warmth: float
    competence: float
    criticism: float
    own_criticism: float
    asked: float = 0.0  # natural contacts hoped for this week
    contacts: list[Contact] = field(default_factory=list)  # this week's
    acquaintances: list["Tie"] = field(default_factory=list)  # ties of the same person

    def __post_init__(self) -> None:
        self.supporter.ties.append(self)
        self.person.ties.append(self)

    @property
    def fellow(self) -> Person | None:
        """The fellow patient with whom this tie is."""
        return self.supporter.person

    def be_with(self, supporter: Supporter) -> None:
        """From now on the tie is with this supporter, not with an outsider."""
        self.supporter.ties.remove(self)
        self.supporter.remove()
        self.supporter = supporter
        supporter.ties.append(self)
        helper, people = supporter.person, self.person.model.rules.parameters.people
        _, _, competence, warmth = self.person.model.luck.normals(Draw.TRAITS_A, 0, helper.identity, 0)
        criticism = self.person.model.luck.normals(Draw.TRAITS_B, 0, helper.identity, 0)[0]
        self.competence = clip(people.competence.lay + people.spread * competence)
        self.warmth = clip(people.warmth + people.spread * warmth)
        self.own_criticism = clip(people.criticism.other + people.spread * criticism)
        self.criticism = self.own_criticism

    def end(self, why: str) -> None:
        self.person.ties.remove(self)
        for other in self.person.ties:
            other.acquaintances = [tie for tie in other.acquaintances if tie is not self]
        self.supporter.ties.remove(self)
        if self.supporter.row < 0:
            self.supporter.remove()
        self.person.model.tell("tie ends", self.person.identity, self.key, why)


@dataclass(eq=False)
class Facilitator:
    """Somebody who delivers a programme's sessions, as far as a helper without a tie has what a tie has."""

    person: Person
    supporter: Supporter
    key: int
    trust: float
    friction: float
    warmth: float
    competence: float
    criticism: float
    origin: int
    role: Role = Role.PROFESSIONAL
    ruptured: bool = False
    contacts: list[Contact] = field(default_factory=list)


def usual_expertise(person: Person, role: Role) -> float:
    if role == Role.PROFESSIONAL:
        return person.model.levers[person.team].shared_decisions
    return person.model.rules.parameters.bond.expertise


def supporter_expertise(model: "Reference", role: Role) -> float:
    """How far a supporter's knowledge counts, outside programmes that state who is the expert."""
    p = model.rules.parameters
    return p.enrol.expert if role == Role.PROFESSIONAL else p.bond.expertise


def usual_rate(person: Person, role: Role) -> float:
    return 1.0 if role == Role.PROFESSIONAL else person.model.rules.parameters.meet.rate[role - 1]


def new_tie(person: Person, role: Role, origin: int) -> Tie | None:
    """7.0: a tie begins, with the next running number of its key space; none where there is no room for it."""
    model = person.model
    p = model.rules.parameters
    if origin >= 0:
        space, number = model.programmes[origin].key, person.places[origin].made
        person.places[origin].made += 1
    else:
        space, number = int(role), person.made[role]
        person.made[role] += 1
    if len(person.ties) >= MOST_TIES:
        return None
    key = 65536 * space + number
    rate_z, ceiling_z, competence_z, warmth_z = model.luck.normals(Draw.TRAITS_A, 0, person.identity, key)
    criticism_z, capacity_z, _, _ = model.luck.normals(Draw.TRAITS_B, 0, person.identity, key)
    _, _, fellow_u, _ = model.luck.uniforms(Draw.TRAITS_B, 0, person.identity, key)

    lay, kin, spread = role != Role.PROFESSIONAL, role == Role.FAMILY, p.people.spread
    competence = clip(p.people.competence[lay] + spread * competence_z)
    warmth = clip(p.people.warmth + spread * warmth_z)
    supporter: Supporter
    if origin == SERVICE:
        assert person.post is not None
        supporter, competence, warmth = person.post, person.post.competence, person.post.warmth
        person.holder = person.post.holder
    else:
        supporter = Supporter(model)
        if role == Role.PEER and to_be_fellow(model, origin, fellow_u):
            supporter.row, person.looking = UNMATCHED, True
        supporter.capacity = p.people.capacity[lay] * max(0.2, 1 + spread * capacity_z)

    criticism = clip(p.people.criticism[kin] + spread * criticism_z)
    tie = Tie(
        person=person,
        supporter=supporter,
        key=key,
        role=role,
        origin=origin,
        strength=p.bond.start_strength,
        trust=single(p.bond.start_trust),
        reciprocity=p.bond.reciprocity[role],
        expertise=usual_expertise(person, role),
        friction=0.0,
        rate=usual_rate(person, role) * math.exp(p.people.log_spread * rate_z - p.people.log_spread**2 / 2),
        ceiling=clip(p.bond.ceiling + spread * ceiling_z, 0.1, 1.0),
        ruptured=False,
        trust_lost=0.0,
        critical=0.0,
        age=0,
        since=0,
        warmth=warmth,
        competence=competence,
        criticism=criticism,
        own_criticism=criticism,
    )
    for older in person.ties:
        if older is not tie:
            chance = p.net.kin if role == older.role == Role.FAMILY else p.net.other
            if pair_uniforms(tie, older)[0] < chance:
                acquaint(tie, older)
    model.tell("tie begins", person.identity, key, role.word, origin)
    return tie


def pair_uniforms(newer: Tie, older: Tie) -> list[float]:
    """Draws about two of a person's ties: the older one's key stands in the place of the week."""
    return newer.person.model.luck.uniforms(Draw.ACQUAINTANCE, older.key, newer.person.identity, newer.key)


def acquaint(one: Tie, other: Tie) -> None:
    """Two supporters know each other from now on."""
    if other not in one.acquaintances:
        one.acquaintances.append(other)
        other.acquaintances.append(one)


def share_known(tie: Tie, among: list[Tie]) -> float:
    """Share of these other ties of the person whose supporters this one's knows."""
    others = [other for other in among if other is not tie]
    return sum(other in tie.acquaintances for other in others) / len(others) if others else 0.0


def to_be_fellow(model: "Reference", origin: int, u: float) -> bool:
    """Whether a new peer is to be a fellow patient: some natural ones, and all whom a group makes."""
    if origin == NATURAL:
        return u < model.rules.parameters.people.fellow_patients
    return bool(model.programmes[origin].group)
