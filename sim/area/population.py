"""People and their first ties: setting up an area, staffing its services, drawing people from the stationary pool."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.week import BLOCK
from supportnet.sim.enums import Role
from supportnet.sim.kernels.initial_state import begin_lives, bind, draw_people, grant_access, hire, picks
from supportnet.sim.kernels.workspace import Week, room_for
from supportnet.sim.randomness import Key
from supportnet.sim.rules import PackedRules
from supportnet.sim.state import (
    COUNTS,
    LONG_AGO,
    MOST_TIES,
    N_SEEN,
    NEVER,
    Floats,
    Person,
    Place,
    SharedSupporter,
    Sums,
    Tie,
    WorkBuffers,
    World,
    zeros,
)

FIRST_ROWS = MOST_TIES  # of the pool's first people


class Area(NamedTuple):
    """A world, and what its weeks need at hand."""

    world: World
    desk: WorkBuffers


class Pool(NamedTuple):
    """People of a stationary area, from whom the people of a run are drawn."""

    people: Any  # (n,) Person
    ties: Any  # (ties,) Tie
    helper_strain: Floats  # (n,) of people as helpers of fellow patients
    staff_strain: Floats  # (posts,)
    mechanisms: NDArray[np.float64]  # (7, 4) mean of each mechanism by role in the last week's contacts


def plain(records: Any) -> Any:
    """The same records without fields as attributes, which cost more than what they do here."""
    return records.view(np.ndarray)


def count_roles(people: Any, ties: Any) -> NDArray[np.int64]:
    """(people, 4) ties of each role, where ties stand side by side, person by person."""
    group = len(Role) * np.repeat(np.arange(len(people)), people["n_ties"]) + ties["role"]
    return np.bincount(group, minlength=len(Role) * len(people)).reshape(-1, len(Role))


def rows_needed(people: Any, by_role: NDArray[np.int64], rules: PackedRules) -> NDArray[np.int64]:
    """Tie rows that people can ever fill: friends and peers up to those wished for, relatives up to those there are,
    and all that programmes bring; no more than a mask of acquaintances has bits."""
    programmes = plain(rules.programmes)
    brought = int((programmes["uses"] * programmes["makes"]).sum())
    friends_and_peers = np.maximum(by_role[:, Role.PEER] + by_role[:, Role.FRIEND], np.ceil(people["wished_size"]) + 1)
    relatives = np.maximum(by_role[:, Role.FAMILY], np.ceil(people["relatives"]))
    needed = by_role[:, Role.PROFESSIONAL] + 1 + friends_and_peers + relatives + brought
    return np.minimum(needed.astype(np.int64), MOST_TIES)


def set_up(
    identity: NDArray[np.uint32], rows: NDArray[np.int64], n_posts: int, n_programmes: int, workers: int, record: bool
) -> Area:
    """An area of people (their identities, tie rows each) without ties, staff or state."""
    n, total = len(identity), int(rows.sum())
    people, several, places = zeros(Person, n), zeros(SharedSupporter, n_posts + n), zeros(Place, n_programmes, n)
    first = {"identity": identity, "rows": rows, "first": np.cumsum(rows) - rows, "relapse_week": LONG_AGO}
    for name, value in (first | {"share": 1.0, "post": -1}).items():
        plain(people)[name] = value
    plain(several)["availability"] = 1.0
    plain(several)["team"][:n_posts] = -1
    plain(places)["weeks_in"] = -1
    plain(places)["weeks_out"] = NEVER
    lowest = int(identity.min())
    where = np.full(int(identity.max()) - lowest + 1, -1, np.int32)
    where[identity - lowest] = np.arange(n)
    sums = zeros(Sums, workers * n_posts + n)
    desk = WorkBuffers(lowest, where, n_posts, sums, np.zeros((-(-n // BLOCK), N_SEEN)))
    last = np.zeros((total if record else 0, 7), np.float32)
    return Area(World(people, zeros(Tie, total), several, places, last), desk)


def first_week(area: Area, rules: PackedRules, key: Key) -> Week:
    """An area at hand for one worker, before its first week."""
    return Week(area.world, rules, area.desk, key, 0, 0, room_for(area.world))


def staff(area: Area, rules: PackedRules, key: Key, strains: Floats) -> None:
    """Open the posts of team 0, each for `caseload` neighbouring people, and give people access to services."""
    people, several = plain(area.world.people), plain(area.world.several)
    people["post"] = people["identity"] // plain(rules.services)["caseload"][0]
    capacity = plain(rules.parameters)[0]["people"]["capacity"][1]  # of whoever is no professional
    several["capacity"][area.desk.n_posts :] = capacity
    week = first_week(area, rules, key)
    hire(week, 0, int(people["post"].max()) + 1, 0, strains)
    grant_access(week)


def posts_needed(n: int, caseload: float) -> int:
    """Posts for n people at this caseload."""
    return int((n - 1) // caseload) + 1


def first_area(n: int, rules: PackedRules, key: Key, share_psychosis: float, workers: int = 1) -> Area:
    """People at the start of their lives in the model: the beginning of a pool."""
    identity = np.arange(n, dtype=np.uint32)
    rows = np.full(n, FIRST_ROWS, np.int64)
    area = set_up(identity, rows, posts_needed(n, rules.services.caseload[0]), len(rules.programmes), workers, True)
    staff(area, rules, key, np.zeros(0, np.float32))
    draw_people(area.world.people, rules, key, share_psychosis)
    begin_lives(first_week(area, rules, key))
    return area


def tie_rows(people: Any) -> NDArray[np.int64]:
    """Rows of all ties alive, person by person."""
    n_ties = people["n_ties"].astype(np.int64)
    start = np.repeat(people["first"] - (np.cumsum(n_ties) - n_ties), n_ties)
    return start + np.arange(n_ties.sum())


def pool_of(area: Area) -> Pool:
    """The people of an area as a pool: ties packed side by side."""
    world, desk = area
    people = world.people.copy()
    people.first = np.cumsum(people.n_ties) - people.n_ties
    posts, helpers = world.several[: desk.n_posts], world.several[desk.n_posts :]
    return Pool(
        people,
        world.ties[tie_rows(world.people)].copy(),
        helpers.strain.copy(),
        posts.strain[posts.team >= 0].copy(),
        mean_mechanisms(world),
    )


def concat_pools(pools: list[Pool]) -> Pool:
    """Several pools as one."""
    people = np.concatenate([pool.people for pool in pools]).view(np.recarray)
    people.first = np.cumsum(people.n_ties) - people.n_ties
    ties = np.concatenate([pool.ties for pool in pools]).view(np.recarray)
    strain = np.concatenate([pool.staff_strain for pool in pools])
    helpers = np.concatenate([pool.helper_strain for pool in pools])
    mechanisms = np.stack([pool.mechanisms for pool in pools])
    with np.errstate(invalid="ignore"):  # NaN where no pool has had such a contact
        means = np.nansum(mechanisms, axis=0) / (~np.isnan(mechanisms)).sum(axis=0)
    return Pool(people, ties, helpers, strain, means)


def mean_mechanisms(world: World) -> NDArray[np.float64]:
    """(7, 4) mean of each mechanism by role over the contacts of the last week; NaN where there were none."""
    rows = tie_rows(world.people)
    rows = rows[world.ties.since[rows] == 0]
    means = np.full((7, len(Role)), np.nan)
    for role in Role:
        chosen = world.last[rows[world.ties.role[rows] == role]]
        if len(chosen):
            means[:, role] = chosen.mean(axis=0, dtype=np.float64)
    return means


def area_from_pool(
    pool: Pool,
    n: int,
    n_posts: int,
    rules: PackedRules,
    key: Key,
    *,
    first_identity: int = 0,
    in_order: bool = False,
    workers: int = 1,
    record: bool = False,
) -> Area:
    """An area of n people, each a copy of a pool member with their ties; from here on their random numbers are their
    own.

    in_order: person i is member i, instead of a drawn one.
    """
    identity = np.arange(first_identity, first_identity + n, dtype=np.uint32)
    chosen = np.arange(n) if in_order else picks(identity, len(pool.people), key)
    by_role = count_roles(plain(pool.people), plain(pool.ties))[chosen]
    rows = rows_needed(plain(pool.people)[chosen], by_role, rules)
    area = set_up(identity, rows, n_posts, len(rules.programmes), workers, record)
    copy_people(pool, chosen, area)
    staff(area, rules, key, pool.staff_strain)
    bind(first_week(area, rules, key))
    return area


COPIED_AT_ONCE = 65_536  # people: copying a million at once would double the memory
OF_THIS_RUN = ("identity", "first", "rows", "post", "team", "access", "holder", "share", *COUNTS)


def copy_people(pool: Pool, chosen: NDArray[np.int64], area: Area) -> None:
    """Copy pool members (rows `chosen`) with their ties into an area that has none."""
    people, ties, several, members, theirs = map(plain, (*area.world[:3], pool.people, pool.ties))
    several["strain"][area.desk.n_posts :] = pool.helper_strain[chosen]
    copied = [name for name in members.dtype.names if name not in OF_THIS_RUN]
    for start in range(0, len(chosen), COPIED_AT_ONCE):
        source, goal = members[chosen[start : start + COPIED_AT_ONCE]], people[start : start + COPIED_AT_ONCE]
        for name in copied:
            goal[name] = source[name]
        rows = np.repeat(source["first"], source["n_ties"]) + within(source["n_ties"])
        ties[tie_rows(goal)] = theirs[rows]


def within(counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """0, 1, … for each of the counts, one after the other."""
    counts = counts.astype(np.int64)
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
