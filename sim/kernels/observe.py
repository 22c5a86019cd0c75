"""What a week shows: sums over people, from which outcomes are read (docs/odd.md, step 9; sim/outcomes.py)."""

import math

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.enums import SERVICE
from supportnet.sim.jit import compiled, verb
from supportnet.sim.kernels.acquaintance import count_bits, count_components
from supportnet.sim.kernels.help import PROFESSIONAL
from supportnet.sim.kernels.workspace import Week
from supportnet.sim.state import N_SEEN, Person, Seen

Row = NDArray[np.float64]


@verb
def phq9(distress: float) -> float:
    return math.floor(27.0 * distress + 0.5)


@verb
def gad7(distress: float, offset: float) -> float:
    return math.floor(21.0 * min(max(distress + offset, 0.0), 1.0) + 0.5)


@verb
def track_recovery(week: Week, me: Person) -> None:
    """How many weeks in a row a person has been recovered, personally and clinically."""
    t = week.rules.parameters[0].thresholds
    well = 12.0 * me.processes.sum() >= t.recovered_qpr
    me.weeks_personal = min(me.weeks_personal + 1, 30_000) if well else 0
    remitted = phq9(me.distress) < t.remission_phq9 and me.withdrawal < t.remission_withdrawal
    me.weeks_clinical = min(me.weeks_clinical + 1, 30_000) if remitted else 0


@verb
def watch_ties(week: Week, i: int, seen: Row) -> bool:
    """Add person i's ties to the sums; whether one of them is with the service."""
    me, t = week.world.people[i], week.rules.parameters[0].thresholds
    strongest, served = 0.0, False
    for row in range(me.first, me.first + me.n_ties):
        tie = week.world.ties[row]
        seen[Seen.PROFESSIONALS + tie.role] += 1.0
        strongest = max(strongest, tie.strength)
        seen[Seen.STRAIN] += week.world.several[tie.supporter].strain if tie.supporter >= 0 else tie.strain
        seen[Seen.RECIPROCAL] += tie.reciprocity >= t.reciprocal
        seen[Seen.HARMFUL] += tie.friction > t.harmful_friction or tie.critical > t.harmful_critical
        if tie.role == PROFESSIONAL:
            seen[Seen.ALLIANCE] += tie.trust
            served = served or tie.origin == SERVICE
    seen[Seen.STRONGEST] += strongest
    return served


@verb
def watch_acquaintances(week: Week, i: int, seen: Row) -> None:
    """Add the ties among person i's supporters."""
    me, ties = week.world.people[i], week.world.ties
    ends = 0
    for row in range(me.first, me.first + me.n_ties):
        ends += count_bits(ties[row].knows)
    seen[Seen.SUPPORTER_TIES] += ends // 2
    seen[Seen.COMPONENTS] += count_components(ties, me.first, me.n_ties)
    if me.n_ties > 1:
        seen[Seen.PAIRED] += 1.0
        seen[Seen.DENSITY] += ends / (me.n_ties * (me.n_ties - 1.0))
        seen[Seen.UNLINKED] += ends == 0


@verb
def watch_counts(week: Week, i: int, seen: Row) -> None:
    """Add what has happened to person i since the run began."""
    me = week.world.people[i]
    seen[Seen.RELAPSES] += me.relapses
    seen[Seen.ADMISSIONS] += me.admissions
    seen[Seen.CRISIS_WEEKS] += me.crisis_weeks
    seen[Seen.ENROLMENTS] += me.enrolments
    seen[Seen.DROPOUTS] += me.dropouts
    seen[Seen.RUPTURES] += me.ruptures
    seen[Seen.REPAIRS] += me.repairs
    seen[Seen.PROFESSIONAL_CONTACTS] += me.professional_contacts
    seen[Seen.POST_WEEKS] += me.post_weeks
    for p in range(week.rules.programmes.shape[0]):
        seen[Seen.SESSION_COST] += week.world.places[p, i].attended * week.rules.programmes[p].cost


@verb
def watch(week: Week, i: int, seen: Row) -> None:
    """Add person i to the sums (N_SEEN,) of the week."""
    me, t = week.world.people[i], week.rules.parameters[0].thresholds
    seen[Seen.PEOPLE] += 1.0
    for k in range(5):
        seen[Seen.CONNECTEDNESS + k] += me.processes[k]
    seen[Seen.DISTRESS] += me.distress
    seen[Seen.WITHDRAWAL] += me.withdrawal
    seen[Seen.LONELINESS] += me.loneliness
    depression, anxiety = phq9(me.distress), gad7(me.distress, me.anxiety)
    seen[Seen.PHQ9] += depression
    seen[Seen.GAD7] += anxiety
    seen[Seen.SEVERE_DEPRESSION] += depression >= t.severe_phq9
    seen[Seen.SEVERE_ANXIETY] += anxiety >= t.severe_gad7
    personal = me.weeks_personal >= t.recovered_weeks
    remitted = me.weeks_clinical >= t.remission_weeks
    clinical = remitted and week.number - me.relapse_week >= t.relapse_free_weeks
    seen[Seen.RECOVERED_PERSONAL] += personal
    seen[Seen.RECOVERED_CLINICAL] += clinical
    seen[Seen.RECOVERED_BOTH] += personal and clinical
    seen[Seen.REMITTED] += remitted
    served = watch_ties(week, i, seen)
    seen[Seen.ENGAGED] += served and me.since_service < t.engaged_weeks
    watch_acquaintances(week, i, seen)
    watch_counts(week, i, seen)


@compiled
def watched(week: Week, total: Row) -> None:
    """Blocks of people added up, in their order, into the week's row (N_SEEN,)."""
    total[:] = 0.0
    for block in range(week.desk.seen.shape[0]):
        for k in range(N_SEEN):
            total[k] += week.desk.seen[block, k]
    for post in range(week.desk.n_posts):
        total[Seen.STAFF_LEFT] += week.world.several[post].left
        total[Seen.OPEN_POST_WEEKS] += week.world.several[post].open_weeks
