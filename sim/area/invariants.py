"""What must always hold of a state, for tests and for whoever writes a behaviour of their own."""

from typing import Any

import numpy as np

from supportnet.sim.area.derived import owners
from supportnet.sim.area.population import Area, tie_rows, within
from supportnet.sim.enums import NATURAL
from supportnet.sim.state import MOST_TIES, UNMATCHED, Input

SHARES = {
    "people": ("distress", "withdrawal", "loneliness", "skill", "processes", "resources", "share"),
    "ties": (
        "strength", "trust", "reciprocity", "expertise", "friction", "ceiling", "trust_lost",
        "critical", "warmth", "competence", "criticism", "own_criticism", "strain",
    ),
    "several": ("strain", "availability"),
}  # fmt: skip


def verify(area: Area) -> list[str]:
    """What is wrong with a state, in words; nothing where all is well."""
    world, desk = area
    people, rows = world.people, tie_rows(world.people)
    ties, wrong = world.ties[rows], []
    for struct, records in (("people", people), ("ties", ties), ("several", world.several)):
        for name in SHARES[struct]:
            if not ((records[name] >= 0) & (records[name] <= 1)).all():
                wrong.append(f"{struct}.{name}: outside [0, 1] or not a number")
    if not np.isfinite(people.inputs).all() or (np.delete(people.inputs, Input.TREATMENT, axis=1) < 0).any():
        wrong.append("people.inputs: negative or not finite")
    if (people.n_ties < 0).any() or (people.n_ties > people.rows).any():
        wrong.append("people.n_ties: more ties than rows")
    if (ties.supporter < UNMATCHED).any() or (ties.supporter >= desk.n_posts + len(people)).any():
        wrong.append("ties.supporter: nobody")
    owner = owners(people)
    if len(np.unique(owner.astype(np.int64) << 32 | ties.key)) != len(rows):
        wrong.append("ties.key: two ties of one person under one key")
    known = ties.supporter >= 0
    pairs = owner[known].astype(np.int64) << 32 | ties.supporter[known]
    if len(np.unique(pairs)) != len(pairs):
        wrong.append("ties.supporter: two ties of one person with one supporter")
    if ((ties.origin == NATURAL) & (ties.supporter == desk.n_posts + owner)).any():
        wrong.append("ties.supporter: somebody is their own peer")
    if world.several.team[: desk.n_posts].max(initial=-1) >= 0:
        served = ties.supporter[(ties.supporter >= 0) & (ties.supporter < desk.n_posts)]
        if (world.several.team[served] < 0).any():
            wrong.append("ties.supporter: a post that does not exist")
    return wrong + verify_fellows(people, ties, owner, desk.n_posts) + verify_acquaintances(people, ties)


def verify_fellows(people: Any, ties: Any, owner: Any, n_posts: int) -> list[str]:
    """What is wrong with ties between fellow patients: each has one the other way, unless it has just ended."""
    fellows = ties.supporter >= n_posts
    person, fellow = owner[fellows].astype(np.int64), ties.supporter[fellows].astype(np.int64) - n_posts
    alone = ~np.isin(fellow << 32 | person, person << 32 | fellow)
    wrong = (people.parted[fellow[alone]] == 0).any()
    return ["ties.supporter: a fellow patient without a tie the other way"] if wrong else []


def verify_acquaintances(people: Any, ties: Any) -> list[str]:
    """What is wrong with who knows whom among each person's supporters; `ties` are those alive, person by person."""
    slot = within(people.n_ties)
    row, other = np.nonzero(ties.knows[:, None] >> np.arange(MOST_TIES, dtype=np.uint64) & np.uint64(1))
    present = other < np.repeat(people.n_ties, people.n_ties)[row]
    wrong = [] if present.all() else ["ties.knows: a tie that does not exist"]
    if (other == slot[row]).any():
        wrong.append("ties.knows: somebody knows themselves")
    row, other = row[present], other[present]
    back = ties.knows[row - slot[row] + other] >> slot[row].astype(np.uint64) & np.uint64(1)
    if (back == 0).any():
        wrong.append("ties.knows: somebody is known by whom they do not know")
    return wrong
