"""The Mesa face of the model: the same weeks, the same arrays and the same bits as a headless run.

    model = SupportNetwork("today", patients=100, seed=1)
    model.run(52)
    model.datacollector.get_model_vars_dataframe()["recovery"].plot()

A behaviour is tried in plain Python, between weeks or as a subclass of an agent (docs/mesa.md):

    def cheer_up(model):  # called after every week
        model.patients.select(lambda person: person.distress > 0.5).set("hope", 0.8)

    class Mentor(Patient):  # `step` is called after every week, in the order of identities
        def step(self):
            for tie in self.helps:
                tie.trust = min(1.0, tie.trust + 0.01)

    SupportNetwork("today", between_weeks=cheer_up, agent_classes={Patient: Mentor})
"""

import math
import os
from collections.abc import Callable, Mapping
from functools import partial
from numbers import Integral
from typing import Any

import mesa
import networkx as nx
import numpy as np
from mesa.agent import AgentSet
from mesa.datacollection import DataCollector

from supportnet.sim.area.population import tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.cards import card, counted
from supportnet.sim.errors import UserInputError
from supportnet.sim.measurement.network import (
    HolderName,
    PersonName,
    TieName,
    codes_of_ties,
    holders_of,
    names_of_ties,
    networkx_of,
    only_ties,
)
from supportnet.sim.mesa.agents import KINDS, Patient, Professional, Somebody, Supporter
from supportnet.sim.mesa.ties import TieView, ties_in
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.layers import sizes
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.scenario.schema import Population
from supportnet.sim.state import World

Behaviour = Callable[["SupportNetwork"], object]
SHOWN = ("qpr", "phq9", "loneliness", "network_size", "alliance", "supporter_strain", "inequality")  # in a card


class SupportNetwork(mesa.Model):  # type: ignore[misc]
    """An area of people in recovery, their supporters and their ties, as a Mesa model.

    Agents are views of the arrays of the compiled core (docs/mesa.md). Random numbers depend on seed and replicate
    only, week by week and person by person: a run here and a headless run give the same bits. `random` and `rng` are
    Mesa's own generators, for behaviours; the core never draws from them.

    Parameters
    ----------
    scenario : str, path-like or Scenario, default "today"
        A name of the library, the path of a TOML file, or a scenario.
    seed : int, default 1
        Random seed, 0 or more; the same seed gives the same run.
    replicate : int, default 0
        Number of the replicate, 0 or more: independent random numbers under the same seed.
    between_weeks : callable, optional
        Called with the model after each week, for behaviours in plain Python.
    values : mapping of str to object, optional
        Other values for dotted names, as in `Scenario.with_values`.
    agent_classes : mapping of type to type, optional
        Your subclasses of Patient, Professional, Peer, Friend and Family, by the class that they replace.
    model_reporters : mapping, optional
        Added to the outcomes, which are always collected; as in mesa.DataCollector.
    agent_reporters : mapping, optional
        As in mesa.DataCollector.
    agenttype_reporters : mapping, optional
        As in mesa.DataCollector.
    record : bool, default True
        Keep the mechanisms of the last contact of each tie, for `TieView` to show.
    workers : int, default 1
        Threads; the results are the same for any number.
    **named : object
        Values by the last part of their name: patients, preset, networks (population), weeks.

    Raises
    ------
    UserInputError
        Where there is no such scenario or name, or a value is out of range.

    Examples
    --------
    >>> import supportnet as sn
    >>> model = sn.SupportNetwork("today", seed=1, patients=20)
    >>> model.run(4)
    >>> frame = model.datacollector.get_model_vars_dataframe()
    >>> frame.shape == (4, len(sn.OUTCOMES))
    True
    >>> bool(frame["recovery"].between(0, 1).all())
    True
    """

    @with_checked_arguments
    def __init__(
        self,
        scenario: str | os.PathLike[str] | Scenario = "today",
        seed: int = 1,
        replicate: int = 0,
        between_weeks: Behaviour | None = None,
        *,
        values: Mapping[str, object] | None = None,
        agent_classes: Mapping[type[Somebody], type[Somebody]] | None = None,
        model_reporters: Mapping[str, Any] | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        agenttype_reporters: Mapping[type[Somebody], Mapping[str, Any]] | None = None,
        record: bool = True,
        workers: int = 1,
        **named: Any,
    ) -> None:
        check_whole(seed=seed, replicate=replicate)
        self.scenario = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
        sized = sizes(named.pop("patients", None), named.pop("weeks", None))
        given = sized | {full_name(name): value for name, value in named.items()} | dict(values or {})
        if given:
            self.scenario = self.scenario.with_values(given)
        self.simulation = Simulation(self.scenario, seed, replicate, workers=workers, record=record)
        super().__init__(seed=seed + replicate * 2**32)
        self.between_weeks = between_weeks
        self.outcomes = dict.fromkeys(OUTCOMES, math.nan)
        self._classes = own_classes(agent_classes or {})
        self._acting = tuple(kind for kind in self._classes.values() if kind.step is not mesa.Agent.step)
        self._people: list[Patient] = []
        self._holders: dict[HolderName, Supporter] = {}
        self._alone: dict[int, Supporter] = {}  # supporters with one tie, by its code
        self._known = np.zeros(0, np.int64)  # these codes
        self._met = -1  # week in which agents were last made and let go
        read = {name: partial(outcome, name=name) for name in OUTCOMES}
        self.datacollector = DataCollector({**read, **(model_reporters or {})}, agent_reporters, agenttype_reporters)

    def __repr__(self) -> str:
        here, people = self.simulation, counted(self.simulation.n_people, "person", "people")
        at = f"week {self.week} of {self.scenario.weeks}"
        return f"<SupportNetwork {self.scenario.name}: {at}; {people}, seed {here.seed}, replicate {here.replicate}>"

    def _repr_html_(self) -> str:
        """A card for notebooks: outcomes as the last week showed them."""
        rows = {name: f"{self.outcomes[name]:.3g} {OUTCOMES[name].unit}" for name in SHOWN if self.week}
        return card(self.scenario.title, repr(self)[1:-1], rows)

    @property
    def world(self) -> World:
        """The arrays of the compiled core."""
        return self.simulation.area.world

    @property
    def week(self) -> int:
        """Weeks lived since the run began."""
        return self.simulation.week

    def step(self) -> None:
        """Simulate one week.

        Outcomes and reporters are collected at its end; then agents with a `step` of their own act, and
        `between_weeks` is called. What they change is there when the next week begins.

        Examples
        --------
        >>> import supportnet as sn
        >>> model = sn.SupportNetwork(patients=20)
        >>> model.step()
        >>> model.week
        1
        """
        seen = self.simulation.advance(1)
        read = self.simulation.outcomes(seen[0], self.week) | {"inequality": self.simulation.inequality()}
        self.outcomes = {name: float(value) for name, value in read.items()}
        self.running = self.week < self.scenario.weeks
        if self._met >= 0 or self._acting:
            self._meet()
        self.datacollector.collect(self)
        acting = [agent for agent in self.agents if isinstance(agent, self._acting)] if self._acting else []
        for agent in sorted(acting, key=in_order):
            agent.step()
        if self.between_weeks is not None:
            self.between_weeks(self)

    @with_checked_arguments
    def run(self, weeks: int | None = None) -> None:
        """Simulate several weeks.

        Parameters
        ----------
        weeks : int, optional
            How many, 0 or more; by default to the end of the scenario.

        Raises
        ------
        UserInputError
            For fewer than none.

        Examples
        --------
        >>> import supportnet as sn
        >>> model = sn.SupportNetwork(patients=20, weeks=4)
        >>> model.run()
        >>> model.week, model.running
        (4, False)
        """
        if weeks is not None and weeks < 0:
            remedy = "leave `weeks` out to run to the end of the scenario"
            raise UserInputError("must be a whole number from 0 up", argument="weeks", found=weeks, remedy=remedy)
        for _ in range(self.scenario.weeks - self.week if weeks is None else weeks):
            self.step()

    @property
    def agents(self) -> AgentSet:
        """Everybody in the area: people in recovery, holders of posts, supporters with one tie."""
        self._meet()
        return super().agents

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """Everybody, by class."""
        self._meet()
        by_type: dict[type, AgentSet] = super().agents_by_type
        return by_type

    @property
    def agent_types(self) -> list[type]:
        """Classes of the people in the area."""
        return list(self.agents_by_type)

    @property
    def patients(self) -> AgentSet:
        """People in recovery, in the order of their numbers."""
        return self.agents_by_type[self._classes[Patient]]

    @property
    def ties(self) -> list[TieView]:
        """All ties, person by person, oldest first."""
        return ties_in(self, tie_rows(self.world.people))

    @with_checked_arguments
    def patient_in(self, row: int) -> Patient:
        """One person in recovery.

        Parameters
        ----------
        row : int
            Their number, from 0; also their row of `world.people`.

        Returns
        -------
        Patient
            The person as an agent.

        Examples
        --------
        >>> import supportnet as sn
        >>> person = sn.SupportNetwork(patients=20).patient_in(3)
        >>> person.name, 0 <= person.hope <= 1
        ('patient-3', True)
        """
        self._meet()
        return self._people[row]

    @with_checked_arguments
    def supporter_in(self, tie: TieName, supporter: int) -> Patient | Supporter:
        """Who supports in a tie; `Tie.supporter` is the usual way to ask.

        Parameters
        ----------
        tie : TieName
            The identity of the tie, as `Tie.who` has it.
        supporter : int
            Row of the supporter in `world.several`; -1 where this tie is their only one.

        Returns
        -------
        Patient or Supporter
            The supporter as an agent: a fellow patient, the holder of a post, or somebody with this tie only.

        Examples
        --------
        >>> import supportnet as sn
        >>> tie = sn.SupportNetwork(patients=20).ties[0]
        >>> tie.supporter.name.split("-")[0] in {"patient", "post", "peer", "friend", "family"}
        True
        """
        self._meet()
        n_posts = self.simulation.area.desk.n_posts
        if supporter >= n_posts:
            return self._people[supporter - n_posts]
        if supporter >= 0:
            return self._holders[HolderName(supporter, int(self.world.several["holder"][supporter]))]
        return self._alone[tie.code]

    def network(self) -> nx.MultiDiGraph:
        """The network as it is now, for analysis with networkx.

        Returns
        -------
        networkx.MultiDiGraph
            One node a person. One edge of the kind ``"tie"`` from a person in recovery to each who supports them:
            strength, trust, reciprocity, expertise and friction go from 0 to 1; `age_weeks` and
            `weeks_since_contact` are in weeks. Two edges, one each way, of the kind ``"acquaintance"`` between
            supporters of one person (`patient`) who know each other.

        Examples
        --------
        >>> import supportnet as sn
        >>> model = sn.SupportNetwork(patients=20)
        >>> graph = model.network()
        >>> edges = [edge for *_, edge in graph.edges(data=True)]
        >>> sum(edge["kind"] == "tie" for edge in edges) == len(model.ties)
        True
        >>> start, end, tie = next(iter(graph.edges(data=True)))
        >>> start, tie["kind"], 0 <= tie["reciprocity"] <= 1
        ('patient-0', 'tie', True)
        """
        return networkx_of(self.simulation.area, self.simulation.programme_names)

    def _meet(self) -> None:
        """Make the agents of those who have none yet, and let go of those who are not here any more; once a week."""
        if self._met == self.week:
            return
        self._met = self.week
        if not self._people:
            for kind in self._classes.values():
                self._agents_by_type[kind] = AgentSet([], random=self.random)  # a kind may have nobody
            kind = self._classes[Patient]
            self._people = [kind(self, PersonName(row)) for row in range(self.simulation.n_people)]
        self._meet_staff()
        rows = only_ties(self.world)
        here, known = codes_of_ties(self.world, rows), self._known
        for code in known[~np.isin(known, here)].tolist():
            self._alone.pop(code).remove()
        for name in names_of_ties(self.world, rows[~np.isin(here, known)]):
            self._alone[name.code] = self._classes[KINDS[name.role]](self, name)
        self._known = here

    def _meet_staff(self) -> None:
        """The same for holders of posts."""
        here = dict.fromkeys(holders_of(self.simulation.area))
        for name in [name for name in self._holders if name not in here]:
            self._holders.pop(name).remove()
        for name in here:
            if name not in self._holders:
                self._holders[name] = self._classes[Professional](self, name)


def outcome(model: SupportNetwork, name: str) -> float:
    """An outcome as the last week showed it; not a number before the first."""
    return model.outcomes[name]


def check_whole(**numbers: object) -> None:
    """Mesa takes None, and draws a seed of its own; a run here must be able to be repeated."""
    for name, number in numbers.items():
        if not isinstance(number, Integral):
            remedy = f"leave `{name}` out for the first replicate of seed 1"
            raise UserInputError("must be a whole number from 0 up", argument=name, found=number, remedy=remedy)


def full_name(name: str) -> str:
    """The dotted name of what may be given by its last part: patients, preset, networks."""
    return f"population.{name}" if name in Population.model_fields else name


def own_classes(agent_classes: Mapping[type[Somebody], type[Somebody]]) -> dict[type[Somebody], type[Any]]:
    """The class that agents of each kind are made of."""
    kinds: tuple[type[Somebody], ...] = (Patient, *KINDS.values())
    classes: dict[type[Somebody], type[Any]] = dict(zip(kinds, kinds, strict=True))
    for kind, own in agent_classes.items():
        if kind not in classes or not (isinstance(own, type) and issubclass(own, kind)):
            raise UserInputError(
                "must have each of your classes by the one that it replaces", argument="agent_classes",
                found=f"{kind.__name__}: {own.__name__}", remedy="derive it from that class",
                expected=f"one of {', '.join(known.__name__ for known in kinds)}: a subclass of it",
            )  # fmt: skip
        classes[kind] = own
    return classes


def in_order(agent: Somebody) -> tuple[int, tuple[int, ...]]:
    """Where somebody stands in the order of identities: people, holders of posts, supporters with one tie."""
    return len(agent.who), agent.who
