"""Supporters with several ties: what they can give, and what the week does to them (docs/odd.md, 7.1, 7.6)."""

from numba import float64

from supportnet.sim.jit import verb
from supportnet.sim.kernels.form import lay, own_trait
from supportnet.sim.kernels.help import PROFESSIONAL
from supportnet.sim.kernels.meet import availability
from supportnet.sim.kernels.strain import leaving_chance, strain_of_openness, tires
from supportnet.sim.kernels.workspace import UNIT, Week, draws, sums_row
from supportnet.sim.parameters import People
from supportnet.sim.randomness import Draw, Key, philox_words, uniform
from supportnet.sim.state import Sums

STAFF, STAFF_TRAITS = int(Draw.STAFF), int(Draw.STAFF_TRAITS)


@verb
def add_sums(goal: Sums, source: Sums) -> None:
    goal.demand += source.demand
    goal.contacts += source.contacts
    goal.bad += source.bad
    goal.imbalance += source.imbalance
    goal.good += source.good
    goal.good_reciprocity += source.good_reciprocity
    goal.given += source.given
    goal.opened += source.opened


@verb
def clear(sums: Sums) -> None:
    sums.demand, sums.contacts, sums.bad, sums.imbalance = 0, 0, 0, 0
    sums.good, sums.good_reciprocity, sums.given, sums.opened = 0, 0, 0, 0


@verb
def gather(week: Week, supporter: int) -> int:
    """Bring a post's sums from all workers together in the first worker's row; the row with the supporter's sums."""
    if supporter < week.desk.n_posts:
        for row in range(
            week.desk.n_posts + supporter, week.desk.sums.shape[0] - week.world.people.shape[0], week.desk.n_posts
        ):
            add_sums(week.desk.sums[supporter], week.desk.sums[row])
            clear(week.desk.sums[row])
    return supporter if supporter < week.desk.n_posts else sums_row(week, supporter)


@verb
def share_out(week: Week, supporter: int) -> None:
    """How much of what is asked of this supporter they can give this week."""
    demand = week.desk.sums[gather(week, supporter)].demand / UNIT
    week.world.several[supporter].availability = availability(float64(week.world.several[supporter].capacity), demand)


@verb
def holder_traits(numbers: People, post: int, holder: int, key: Key) -> tuple[float, float]:
    """Competence and warmth of a post's holder."""
    competence, warmth, _, _ = philox_words(STAFF_TRAITS, 0, holder, post, 0, key)
    return (
        own_trait(numbers.competence[lay(PROFESSIONAL)], numbers.spread, competence),
        own_trait(numbers.warmth, numbers.spread, warmth),
    )


@verb
def may_leave(week: Week, post: int) -> None:
    """A post's holder may leave; the successor starts unstrained, with traits of their own."""
    at, p = week.world.several[post], week.rules.parameters[0]
    at.open_weeks += 1
    leaves = draws(week, STAFF, 0, post, 0)[0]
    if uniform(leaves) < leaving_chance(
        p.tire, week.rules.services[at.team].turnover, float64(at.strain), p.centre.staff_strain
    ):
        at.strain = 0.0
        at.holder += 1
        at.left += 1
        at.competence, at.warmth = holder_traits(p.people, post, at.holder, week.key)


@verb
def tire_several(week: Week, supporter: int) -> None:
    """Strain of a supporter with several ties; a fellow patient who helped is owed giving."""
    sums, helper = week.desk.sums[gather(week, supporter)], week.world.several[supporter]
    tire, pace = week.rules.parameters[0].tire, week.rules.parameters[0].pace
    staff = supporter < week.desk.n_posts
    if staff and helper.team < 0:
        return
    overload = max(0.0, sums.demand / UNIT / helper.capacity - 1.0)
    strain = tires(
        tire, pace, float64(helper.strain), overload, sums.contacts / UNIT, sums.bad / UNIT, sums.imbalance / UNIT,
        sums.good / UNIT, sums.good_reciprocity / UNIT,
    )  # fmt: skip
    if staff and sums.opened > 0:
        strain = min(1.0, strain + strain_of_openness(tire, week.rules.services[helper.team].boundary_openness))
    helper.strain = strain
    if staff:
        may_leave(week, supporter)
    else:
        week.world.people[supporter - week.desk.n_posts].owed_giving = sums.given / UNIT
    clear(sums)
