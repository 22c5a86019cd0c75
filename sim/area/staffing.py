"""Posts of the service when caseloads change or a target group gets services of its own (docs/odd.md, 7.8)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.population import Area, first_week, posts_needed
from supportnet.sim.enums import Target
from supportnet.sim.kernels.enrol import in_target
from supportnet.sim.kernels.initial_state import grant_access, hire
from supportnet.sim.randomness import Key
from supportnet.sim.rules import PackedRules
from supportnet.sim.state import Floats


def most_posts(caseloads: Sequence[NDArray[np.float64]], n: int) -> int:
    """Rows to set aside for posts: those at the start, and new ones each time that a team's caseload changes.

    caseloads: one array (teams,) for each span of constant rules.
    """
    posts = posts_needed(n, caseloads[0][0])
    for team in range(1, len(caseloads[0])):
        posts += posts_needed(n, min(now[team] for now in caseloads))
    for before, now in pairwise(caseloads):
        posts += sum(posts_needed(n, c) for c in now[now != before])
    return posts


def found_team(area: Area, rules: PackedRules, key: Key, target: Target, team: int, strains: Floats) -> None:
    """People of the target group get services of their own, with posts for their caseload."""
    people, week = area.world.people, first_week(area, rules, key)
    chosen = np.array([i for i in range(len(people)) if in_target(week, i, int(target))], np.int64)
    people.team[chosen] = team
    if len(chosen):
        open_posts(area, rules, key, team, chosen, rules.services.caseload[team], strains)
    close_empty_posts(area)


def open_posts(
    area: Area, rules: PackedRules, key: Key, team: int, chosen: NDArray[np.int64], caseload: float, strains: Floats
) -> None:
    """New posts for these people, in the order of identities."""
    people = area.world.people
    used = np.flatnonzero(area.world.several.team[: area.desk.n_posts] >= 0)
    free = int(max(used.max(initial=-1), people.post.max())) + 1
    chosen = chosen[np.argsort(people.identity[chosen])]
    people.post[chosen] = free + (np.arange(len(chosen)) // caseload).astype(np.int32)
    hire(first_week(area, rules, key), free, int(people.post[chosen].max()) + 1, team, strains)


def change_caseload(area: Area, rules: PackedRules, key: Key, team: int, before: float, strains: Floats) -> None:
    """Smaller caseloads: those beyond the new size move to new posts. Larger ones: the last posts close, and their
    people are spread over the others. Everybody else keeps their professional."""
    people, now = area.world.people, rules.services.caseload[team]
    members = np.flatnonzero(people.team == team)
    members = members[np.lexsort((people.identity[members], people.post[members]))]
    if len(members) == 0:
        return
    if now < before:
        starts = np.concatenate([[True], np.diff(people.post[members]) != 0])
        rank = np.arange(len(members)) - np.maximum.accumulate(np.where(starts, np.arange(len(members)), 0))
        beyond = members[rank >= now]
        if len(beyond):
            open_posts(area, rules, key, team, beyond, now, strains)
    else:
        posts = np.unique(people.post[members])
        kept = posts[: posts_needed(len(members), now)]
        moved = members[~np.isin(people.post[members], kept)]
        people.post[moved] = kept[np.arange(len(moved)) % len(kept)]
        close_empty_posts(area)


def close_empty_posts(area: Area) -> None:
    """Posts that nobody belongs to any more are gone."""
    posts = area.world.several[: area.desk.n_posts]
    empty = np.ones(area.desk.n_posts, bool)
    empty[area.world.people.post] = False
    posts.team[empty] = -1


def restaff(
    area: Area,
    before: PackedRules,
    now: PackedRules,
    born: Sequence[tuple[Target, int]],
    key: Key,
    strains: Floats,
) -> None:
    """What a change of rules means for posts and access."""
    for target, team in born:
        found_team(area, now, key, target, team, strains)
    new = {team for _, team in born}
    for team in range(len(now.services)):
        old = before.services.caseload[team]
        if team not in new and now.services.caseload[team] != old:
            change_caseload(area, now, key, team, old, strains)
    grant_access(first_week(area, now, key))
