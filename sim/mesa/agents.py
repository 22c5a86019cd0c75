"""The people of an area as Mesa agents: thin views that read the arrays of the compiled core and write to them.

What an agent says is what the arrays say at that moment, in single precision; an attribute that is not listed here
(`patient.mood = 3`) is the agent's own, and the core does not know it.
"""

import math
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import mesa
import networkx as nx
import numpy as np
from mesa.agent import AgentSet

from supportnet.sim.area.derived import current_programmes, engaged
from supportnet.sim.enums import SERVICE, Condition, Process, Resource, Role
from supportnet.sim.errors import nearest
from supportnet.sim.kernels.observe import gad7, phq9
from supportnet.sim.measurement.network import HolderName, PersonName, TieName
from supportnet.sim.mesa.ties import (
    ArrayNumber,
    Count,
    GoneError,
    Records,
    RecordView,
    TieView,
    check_number,
    ties_in,
    ties_with,
)
from supportnet.sim.parameters import Thresholds
from supportnet.sim.state import NEVER

if TYPE_CHECKING:
    from supportnet.sim.mesa.model import SupportNetwork


class Somebody(mesa.Agent):  # type: ignore[misc]
    """Somebody in the area. Subclasses that need an `__init__` pass on what it is given: `(self, model, *who)`.

    `remove()` takes the agent out of `model.agents`; the person lives on in the area.
    """

    model: "SupportNetwork"

    def __init__(self, model: "SupportNetwork", *who: Any) -> None:
        (self.who,) = who
        super().__init__(model)

    @property
    def name(self) -> str:
        """The same in every run of a scenario, and in `model.network()`: patient-12, post-3-0, friend-12-131073."""
        return str(self.who)

    @property
    def gone(self) -> bool:
        """Whether there is nothing left to read: the tie has ended, or the holder of the post has left."""
        return False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


def python_form(kernel: Any) -> Callable[..., float]:
    """The form of a kernel that runs in Python."""
    form: Callable[..., float] = kernel.py_func
    return form


def count_ties(role: Role) -> property:
    """How many ties of a role somebody has."""
    return property(lambda patient: int((patient._ties("role") == role).sum()), doc=f"Ties: {role.word}")


def recent_contacts(role: Role) -> property:
    """How many contacts of a role somebody has had in four weeks."""
    return property(lambda patient: int(patient._row["recent"][:, role].sum()), doc=f"Contacts in 4 weeks: {role.word}")


class Patient(Somebody):
    """A person in recovery; also the peer of other people in recovery, and then both at once."""

    who: PersonName

    connectedness = ArrayNumber("Recovery process", "processes", Process.CONNECTEDNESS)
    hope = ArrayNumber("Recovery process", "processes", Process.HOPE)
    identity = ArrayNumber("Recovery process", "processes", Process.IDENTITY)
    meaning = ArrayNumber("Recovery process", "processes", Process.MEANING)
    empowerment = ArrayNumber("Recovery process", "processes", Process.EMPOWERMENT)
    decision_making = ArrayNumber("Resource", "resources", Resource.DECISION_MAKING)
    experiential_knowledge = ArrayNumber("Resource", "resources", Resource.EXPERIENTIAL_KNOWLEDGE)
    individual_strengths = ArrayNumber("Resource", "resources", Resource.INDIVIDUAL_STRENGTHS)
    recreational_activities = ArrayNumber("Resource", "resources", Resource.RECREATIONAL_ACTIVITIES)
    self_actualising = ArrayNumber("Resource", "resources", Resource.SELF_ACTUALISING)
    distress = ArrayNumber("Affective symptoms")
    withdrawal = ArrayNumber("Social withdrawal")
    loneliness = ArrayNumber("Share of needed closeness that is missing")
    relational_skill = ArrayNumber("Skill in shaping relationships", "skill")
    vulnerability = ArrayNumber("Level that distress returns to", low=0.02, high=0.9)
    wanted_reciprocity = ArrayNumber("Reciprocity wanted in ties", "wanted")
    need = ArrayNumber("Closeness needed")
    wished_size = ArrayNumber("Friends and peers wished, persons", low=1.0, high=30.0)
    relatives = ArrayNumber("Relatives there are, persons", low=0.0, high=20.0)
    strain = ArrayNumber("Strain of helping fellow patients", side="helper")
    capacity = ArrayNumber("Contacts a week they can give fellow patients", low=0.01, high=1000.0, side="helper")

    weeks_in_crisis = Count("Weeks left in crisis", "crisis")
    relapses = Count("Relapses since the run began")
    admissions = Count("Admissions since the run began")
    ruptures = Count("Ruptures since the run began")
    repairs = Count("Repairs since the run began")
    sessions_attended = Count("Sessions of programmes since the run began", "sessions")
    network_size = Count("Ties", "n_ties")
    weeks_since_service = Count("Weeks since a contact with the service's professional", "since_service")

    def stands_in(self, side: str) -> tuple[Records, int]:
        world, desk = self.model.world, self.model.simulation.area.desk
        return (world.several, desk.n_posts + self.who.person) if side else (world.people, self.who.person)

    @property
    def _row(self) -> Any:
        return self.model.world.people[self.who.person]

    @property
    def _thresholds(self) -> Thresholds:
        return self.model.scenario.all_parameters.thresholds

    @property
    def number(self) -> int:
        """Who this is in all draws and in every scenario (`identity` is the recovery process)."""
        return int(self._row["identity"])

    @property
    def condition(self) -> str:
        """psychosis or affective."""
        return Condition(int(self._row["condition"])).word

    @property
    def recovery(self) -> float:
        """Mean of the five processes. Written, it moves all five towards 0 or 1 by the same share of the way."""
        return float(self._row["processes"].mean(dtype=float))

    @recovery.setter
    def recovery(self, value: float) -> None:
        check_number(self, "recovery", value)
        processes, now = self._row["processes"], self.recovery
        if value > now:
            processes[:] = 1.0 - (1.0 - processes) * ((1.0 - value) / (1.0 - now))
        elif value < now:
            processes *= value / now

    @property
    def qpr(self) -> float:
        """Recovery as a score, 0 to 60."""
        return 60.0 * self.recovery

    @property
    def phq9(self) -> int:
        """Depression score, 0 to 27."""
        return int(python_form(phq9)(self.distress))

    @property
    def gad7(self) -> int:
        """Anxiety score, 0 to 21."""
        return int(python_form(gad7)(self.distress, float(self._row["anxiety"])))

    @property
    def in_crisis(self) -> bool:
        """Whether the person is in a crisis."""
        return self.weeks_in_crisis > 0

    @property
    def recovered_personal(self) -> bool:
        """Whether the QPR-like score has been high for long enough to count."""
        return bool(self._row["weeks_personal"] >= self._thresholds.recovered_weeks)

    @property
    def recovered_clinical(self) -> bool:
        """Whether symptoms have been low for long enough, without a relapse."""
        since_relapse = self.model.week - 1 - int(self._row["relapse_week"])
        return self.in_remission and bool(since_relapse >= self._thresholds.relapse_free_weeks)

    @property
    def in_remission(self) -> bool:
        """Whether symptoms have been low for long enough."""
        return bool(self._row["weeks_clinical"] >= self._thresholds.remission_weeks)

    @property
    def engaged(self) -> bool:
        """Whether there is a professional of the service, and was contact within the last weeks."""
        served = (self._ties("origin") == SERVICE).any()
        return bool(engaged(served, self.weeks_since_service, self._thresholds))

    @property
    def ties(self) -> list[TieView]:
        """Ties with supporters, oldest first."""
        first = int(self._row["first"])
        return ties_in(self.model, np.arange(first, first + self.network_size))

    @property
    def supporters(self) -> AgentSet:
        """Supporters, fellow patients among them."""
        return AgentSet([tie.supporter for tie in self.ties], random=self.model.random)

    @property
    def professional(self) -> "Supporter | None":
        """The service's professional; None where the person has none."""
        found = [tie.supporter for tie in self.ties if tie.origin == "service"]
        return found[0] if found and isinstance(found[0], Supporter) else None

    @property
    def helps(self) -> list[TieView]:
        """Ties of fellow patients in which this person is the peer who supports."""
        return ties_with(self.model, self.model.simulation.area.desk.n_posts + self.who.person)

    n_professional, n_peer, n_friend, n_family = (count_ties(role) for role in Role)
    contacts_professional, contacts_peer, contacts_friend, contacts_family = (recent_contacts(role) for role in Role)

    @property
    def strongest_tie(self) -> float:
        """Strength of the strongest tie, 0 without any."""
        return float(self._ties("strength").max(initial=0.0))

    @property
    def supporter_ties(self) -> int:
        """Pairs of supporters who know each other."""
        return sum(int(mask).bit_count() for mask in self._ties("knows")) // 2

    @property
    def density(self) -> float:
        """Share of pairs of supporters who know each other; not a number with fewer than two."""
        return self.supporter_ties / math.comb(self.network_size, 2) if self.network_size > 1 else math.nan

    @property
    def components(self) -> int:
        """Groups of supporters who know each other, directly or through others; one whom nobody knows is a group."""
        graph = nx.Graph()
        graph.add_nodes_from(self.ties)
        graph.add_edges_from((tie, other) for tie in self.ties for other in tie.knows)
        return int(nx.number_connected_components(graph))

    @property
    def alliance(self) -> float:
        """Mean trust in professionals; not a number without any."""
        trust = self._ties("trust")[self._ties("role") == Role.PROFESSIONAL]
        return float(trust.mean(dtype=float)) if len(trust) else math.nan

    def _ties(self, field: str) -> Records:
        world, person = self.model.world, self._row
        column: Records = world.ties[field][person["first"] : person["first"] + person["n_ties"]]
        return column

    @property
    def programmes(self) -> tuple[str, ...]:
        """Names of the programmes that the person is in."""
        return tuple(current_programmes(self.model.world, self.model.simulation.programme_names, self.who.person))

    def join(self, programme: str) -> None:
        """Take a place in a programme from next week on, whoever else is waiting for one."""
        place = self._place(programme)
        if place["weeks_in"] < 0:
            place["weeks_in"] = 0
            self._row["enrolments"] += 1

    def leave(self, programme: str) -> None:
        """Leave a programme as next week begins, as somebody who has completed it."""
        place = self._place(programme)
        if place["weeks_in"] >= 0:
            place["weeks_in"] = NEVER

    def _place(self, programme: str) -> Any:
        names = self.model.simulation.programme_names
        if programme not in names:
            remedy = nearest(programme, names) if names else "give one a coverage above 0 in the scenario"
            raise ValueError(f"no programme {programme!r} is on offer: {remedy}")
        return self.model.world.places[names.index(programme), self.who.person]


class KnownToTies(ArrayNumber):
    """A number of a supporter that their ties keep too."""

    def __set__(self, view: RecordView, value: float) -> None:
        super().__set__(view, value)
        for tie in cast("Supporter", view).ties:
            setattr(tie, self.name, value)


class Supporter(Somebody):
    """Somebody who supports people in recovery without being one: with one tie, or with the ties of a post."""

    who: TieName | HolderName

    strain = ArrayNumber("Strain of helping")
    capacity = ArrayNumber("Contacts a week that they can sustain", low=0.01, high=1000.0)
    warmth = KnownToTies("Warmth")
    competence = KnownToTies("Competence")

    def stands_in(self, side: str) -> tuple[Records, int]:
        if self.gone:
            raise GoneError(f"{self!r} has left")
        if isinstance(self.who, HolderName):
            return self.model.world.several, self.who.post
        return self._tie.stands_in(side)

    @cached_property
    def _tie(self) -> TieView:
        assert isinstance(self.who, TieName)
        return TieView(self.model, self.who)

    @property
    def gone(self) -> bool:
        """Whether their one tie has ended, or is with a fellow patient by now, or another holds the post."""
        if isinstance(self.who, TieName):
            row = self._tie.row()
            return row < 0 or bool(self.model.world.ties["supporter"][row] >= 0)
        at = self.model.world.several[self.who.post]
        return bool(at["team"] < 0 or at["holder"] != self.who.holder)

    @property
    def role(self) -> str:
        """professional, peer, friend or family."""
        return self.who.role.word if isinstance(self.who, TieName) else Role.PROFESSIONAL.word

    @property
    def ties(self) -> list[TieView]:
        """Ties with those whom they support: one, or all of a post. None once they have gone."""
        if self.gone:
            return []
        return ties_with(self.model, self.who.post) if isinstance(self.who, HolderName) else [self._tie]

    @property
    def patients(self) -> AgentSet:
        """Those whom they support."""
        return AgentSet([tie.patient for tie in self.ties], random=self.model.random)


class Professional(Supporter):
    """A professional: the holder of a post of the service, or one who came with a programme or by other ways."""

    @property
    def post(self) -> int | None:
        """Row of the post in the service; None for others."""
        return self.who.post if isinstance(self.who, HolderName) else None

    @property
    def holder(self) -> int | None:
        """Which holder of the post this is, the first is 0; None for others."""
        return self.who.holder if isinstance(self.who, HolderName) else None


class Peer(Supporter):
    """A peer from outside the area. A peer who lives here is a `Patient`, and no `Peer` is made for them."""


class Friend(Supporter):
    """A friend of one person."""


class Family(Supporter):
    """A relative of one person."""

    criticism = ArrayNumber("Chance of being critical in a contact")
    own_criticism = ArrayNumber("Level that criticism returns to")


KINDS: dict[Role, type[Supporter]] = {
    Role.PROFESSIONAL: Professional, Role.PEER: Peer, Role.FRIEND: Friend, Role.FAMILY: Family,
}  # fmt: skip
