"""Who is who in an area, whatever row they stand in, and the area as a networkx graph."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.derived import acquaintances, owners
from supportnet.sim.area.population import Area, tie_rows
from supportnet.sim.enums import NATURAL, SERVICE, Condition, Process, Role
from supportnet.sim.state import World


class PersonName(NamedTuple):
    """What a person in recovery is known by."""

    person: int  # row of `people`

    def __str__(self) -> str:
        return f"patient-{self.person}"


class HolderName(NamedTuple):
    """What the holder of a post of the service is known by."""

    post: int
    holder: int  # running number: the first is 0

    def __str__(self) -> str:
        return f"post-{self.post}-{self.holder}"


class TieName(NamedTuple):
    """What a tie is known by, and a supporter who has this tie only."""

    person: int  # row of `people`
    key: int
    role: Role

    @property
    def code(self) -> int:
        """Person and key as one whole number."""
        return self.person << 32 | self.key

    def __str__(self) -> str:
        return f"{self.role.word}-{self.person}-{self.key}"


def owners_of(world: World, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the people whose ties stand in these rows."""
    return np.searchsorted(world.people["first"], rows, side="right") - 1


def names_of_ties(world: World, rows: NDArray[np.int64]) -> list[TieName]:
    """What the ties in these rows are known by."""
    ties = world.ties[rows]
    return list(map(TieName, owners_of(world, rows).tolist(), ties["key"].tolist(), map(Role, ties["role"].tolist())))


def codes_of_ties(world: World, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same as whole numbers, for comparing many at once."""
    codes: NDArray[np.int64] = owners_of(world, rows) << 32 | world.ties["key"][rows]
    return codes


def holders_of(area: Area) -> list[HolderName]:
    """Holders of the posts that are open."""
    posts = area.world.several[: area.desk.n_posts]
    is_open = np.flatnonzero(posts["team"] >= 0)
    return list(map(HolderName, is_open.tolist(), posts["holder"][is_open].tolist()))


def only_ties(world: World) -> NDArray[np.int64]:
    """Rows of the ties whose supporter has no other tie."""
    rows = tie_rows(world.people)
    alone: NDArray[np.int64] = rows[world.ties["supporter"][rows] < 0]
    return alone


def origin_word(origin: int, programmes: list[str]) -> str:
    """An origin of a tie as it is said: natural, service, or the name of a programme."""
    return {NATURAL: "natural", SERVICE: "service"}.get(origin) or programmes[origin]


def networkx_of(area: Area, programmes: list[str]) -> nx.MultiDiGraph:
    """The network: an edge of the kind `tie` goes from a person to who supports them; its key is that of the tie.

    A fellow patient is the person that they are, so that two people who support each other have an edge each way.
    Nodes have `kind` (patient, professional, peer, friend, family) and their state, edges what the tie is like.
    Supporters of one person who know each other have an edge of the kind `acquaintance` each way; its key, and its
    `patient`, is the name of that person.
    """
    world, n_posts, graph = area.world, area.desk.n_posts, nx.MultiDiGraph()
    rows, holders = tie_rows(world.people), holders_of(area)
    ties, posts = world.ties[rows], world.several[[holder.post for holder in holders]]
    names, alone = names_of_ties(world, rows), np.flatnonzero(ties["supporter"] < 0)
    several = {holder.post: str(holder) for holder in holders}
    several |= {n_posts + row: str(PersonName(row)) for row in range(len(world.people))}
    graph.add_nodes_from(zip(map(str, map(PersonName, range(len(world.people)))), people_table(area), strict=True))
    graph.add_nodes_from(zip(map(str, holders), supporter_table(posts, ["professional"] * len(posts)), strict=True))
    roles, helpers = [names[row].role.word for row in alone], list[str]()
    graph.add_nodes_from(zip([str(names[row]) for row in alone], supporter_table(ties[alone], roles), strict=True))
    for name, supporter, tie in zip(names, ties["supporter"].tolist(), tie_table(world, rows, programmes), strict=True):
        helper = str(name) if supporter < 0 else several[supporter]
        graph.add_edge(str(PersonName(name.person)), helper, name.key, kind="tie", **tie)
        helpers.append(helper)
    whose = owners(world.people)
    for one, other in acquaintances(world).tolist():
        patient = str(PersonName(int(whose[one])))
        for ends in ((helpers[one], helpers[other]), (helpers[other], helpers[one])):
            graph.add_edge(*ends, patient, kind="acquaintance", patient=patient)
    return graph


def columns_as_rows(**columns: Iterable[Any]) -> list[dict[str, Any]]:
    """Columns of equal length, row by row."""
    lists = [column.tolist() if isinstance(column, np.ndarray) else column for column in columns.values()]
    return [dict(zip(columns, values, strict=True)) for values in zip(*lists, strict=True)]


def people_table(area: Area) -> list[dict[str, Any]]:
    """State of everybody in recovery."""
    people, strain = area.world.people, area.world.several["strain"][area.desk.n_posts :]
    return columns_as_rows(
        kind=["patient"] * len(people),
        condition=[Condition(condition).word for condition in people["condition"].tolist()],
        recovery=people["processes"].mean(axis=1, dtype=float),
        **{process.word: people["processes"][:, process] for process in Process},
        distress=people["distress"], withdrawal=people["withdrawal"], loneliness=people["loneliness"],
        in_crisis=people["crisis"] > 0, strain=strain,
    )  # fmt: skip


def supporter_table(records: NDArray[Any], kinds: list[str]) -> list[dict[str, Any]]:
    """State of supporters, from their posts or from their one tie."""
    return columns_as_rows(
        kind=kinds, strain=records["strain"], warmth=records["warmth"], competence=records["competence"],
        capacity=records["capacity"],
    )  # fmt: skip


def tie_table(world: World, rows: NDArray[np.int64], programmes: list[str]) -> list[dict[str, Any]]:
    """What ties are like."""
    ties = world.ties[rows]
    return columns_as_rows(
        role=[Role(role).word for role in ties["role"].tolist()],
        origin=[origin_word(origin, programmes) for origin in ties["origin"].tolist()],
        strength=ties["strength"], trust=ties["trust"], reciprocity=ties["reciprocity"],
        expertise=ties["expertise"], friction=ties["friction"], age_weeks=ties["age"],
        weeks_since_contact=ties["since"], ruptured=ties["ruptured"] != 0,
    )  # fmt: skip
