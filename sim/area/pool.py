"""The stationary pool: people after fifty years under a scenario's root, made once and kept (docs/odd.md, 5)."""

import hashlib
import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.compile_rules import fixed_mechanisms, programmes_of, services_of
from supportnet.sim.area.pool_store import stored_pool
from supportnet.sim.area.population import Area, Pool, concat_pools, copy_people, first_area, first_week, pool_of
from supportnet.sim.area.week import live_weeks_together
from supportnet.sim.kernels.acquaintance import draw_acquaintances
from supportnet.sim.kernels.initial_state import bind, draw_fellows, draw_people, draw_ties
from supportnet.sim.model_identity import run_hash
from supportnet.sim.parameters import IDLE, POOL_SIZE, Parameters, value, with_values
from supportnet.sim.randomness import Key, rng_key
from supportnet.sim.rules import PackedRules, Rules, orders
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.state import LONG_AGO, N_SEEN

FOUNDING_WEEKS = 2080  # forty years under the reference numbers
SETTLING_WEEKS = 520  # ten more under the scenario's own, which may be the reference ones
MOMENTS, APART = 2, 104  # the pool is these people at two moments, two years apart
QUICK = ((8.0, 120), (4.0, 52), (2.0, 52))  # of a smaller pool, one of many: how fast what is slow moves, weeks
WEEKS_AFTER, APART_AFTER = 78, 52  # instead of ten years, and of two between the moments
SLOW = (  # what moves ties, and who has a professional, over years
    "bond.strength_gain", "bond.fading", "bond.skill_gain", "fade.outside", "fade.leaving", "form.chance.peer",
    "form.chance.friend", "form.chance.family", "pace.slow", "enrol.disengage",
)  # fmt: skip
NO_RUN = 2**32 - 1  # a replicate that no run is
Span = tuple[PackedRules, int]  # rules, and weeks under them


def root_rules(scenario: Scenario, parameters: Parameters) -> PackedRules:
    """Rules under which the pool lives: the root's services, no programmes, nothing held."""
    services = services_of([scenario.root_services.model_dump()])
    return orders(Rules(parameters, services, programmes_of({}, parameters, POOL_SIZE), fixed_mechanisms({})))


def share_psychosis(scenario: Scenario) -> float:
    """Share of the pool's people who live with psychosis; half where people are read from data: whoever was
    interviewed, people like them are there."""
    return 0.5 if scenario.networks else scenario.population.share_psychosis


def pool_identity(scenario: Scenario, size: int = POOL_SIZE, seed: int = 1) -> str:
    """What the pool depends on, as a hash: code, root services, preset, numbers that move people, size, time, seed."""
    moving = {name: number for name, number in scenario.parameters.items() if not name.startswith(IDLE)}
    about = [run_hash(), scenario.root_services.model_dump(), share_psychosis(scenario), moving]
    about += [POOL_SIZE, size, FOUNDING_WEEKS, SETTLING_WEEKS, QUICK, SLOW, WEEKS_AFTER, APART_AFTER, seed]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]


def pool_for(scenario: Scenario, workers: int = 1) -> Pool:
    """The pool that this scenario's people come from, which is kept (pool_store)."""
    return stored_pool(f"pool-{pool_identity(scenario)}", lambda: make_pool(scenario, workers))


def smaller_pool(scenario: Scenario, size: int, seed: int, *, kept: bool = False) -> Pool:
    """The same of so many people, under the numbers of a draw (kept on disk) or of a design point.

    seed: of their random numbers. If all draws or points shared them, their errors would not average out.
    """
    name = f"draw-{pool_identity(scenario, size, seed)}"
    return stored_pool(name, lambda: make_pool(scenario, size=size, seed=seed), on_disk=kept, announced=False)


def make_pool(scenario: Scenario, workers: int = 1, size: int = POOL_SIZE, seed: int = 1) -> Pool:
    """The founders' people (so many of them) after ten more years under the scenario's numbers.

    Reference numbers take the same way as any others, so that a change that changes nothing leaves the pool as it is.
    Fewer people settle in less time: first by weeks in which what is slow moves faster (docs/odd.md, 5, has the bias).
    """
    moving = [name for name in scenario.parameters if not name.startswith(IDLE)]
    like = scenario.with_values({name: value(Parameters(), name) for name in moving})
    founders = stored_pool(f"founders-{pool_identity(like)}", lambda: found(like, workers))
    before, rules = root_rules(like, like.all_parameters), root_rules(scenario, scenario.all_parameters)
    share = share_psychosis(scenario)
    key = rng_key(seed, NO_RUN)
    chosen = ((seed - 1) * size + np.arange(size)) % POOL_SIZE  # neighbours, others than for the seed before
    area = moved_in(first_area(size, rules, key, share, workers), founders, chosen, before, rules, share, key)
    few = (QUICK, WEEKS_AFTER, APART_AFTER)
    quick, weeks, apart = ((), SETTLING_WEEKS, APART) if size == POOL_SIZE else few
    phases = [(root_rules(scenario, quickened(scenario.all_parameters, pace)), span) for pace, span in quick]
    moments = [(rules, weeks - (MOMENTS - 1) * apart), *[(rules, apart)] * (MOMENTS - 1)]
    return settle(area, phases, moments, workers, key)


def quickened(parameters: Parameters, pace: float) -> Parameters:
    """The same numbers with what is slow so many times as fast."""
    faster: Parameters = with_values(parameters, {name: pace * value(parameters, name) for name in SLOW})
    return faster


def found(scenario: Scenario, workers: int) -> Pool:
    """People after forty years under the scenario's root."""
    rules = root_rules(scenario, scenario.all_parameters)
    key = rng_key(1, NO_RUN)
    area = first_area(POOL_SIZE, rules, key, share_psychosis(scenario), workers)
    return settle(area, [], [(rules, FOUNDING_WEEKS)], workers, key)


def moved_in(
    area: Area, founders: Pool, chosen: NDArray[np.int64], before: PackedRules, rules: PackedRules, share: float,
    key: Key,
) -> Area:  # fmt: skip
    """Some of the founders' people, who lived by the rules before, in an area under these, with traits as these say."""
    copy_people(founders, chosen, area)
    draw_people(area.world.people, rules, key, share)
    draw_ties(area.world.people, area.world.ties, rules, key)
    draw_fellows(area.world.people, area.world.ties, rules, key)
    draw_acquaintances(area.world.people, area.world.ties, rules, before, key)
    bind(first_week(area, rules, key))
    return area


def settle(area: Area, phases: Sequence[Span], moments: Sequence[Span], workers: int, key: Key) -> Pool:
    """The area's people as one pool: after some phases, at the end of each further span of weeks.

    A single moment would retain the random effects that its staff have in common: everyone in a caseload shares them.
    """
    parts, done, unseen = [], 0, np.zeros((0, N_SEEN))
    for k, (rules, weeks) in enumerate((*phases, *moments)):
        live_weeks_together(area.world, rules, area.desk, key, done, weeks, every=0, seen=unseen, workers=workers)
        done += weeks
        if k >= len(phases):
            parts.append(at_rest(pool_of(area), done))
    return concat_pools(parts)


def at_rest(pool: Pool, weeks: int) -> Pool:
    """A pool taken in this week: weeks of relapses are counted from it."""
    happened = pool.people.relapse_week > LONG_AGO
    pool.people.relapse_week[happened] -= weeks
    return pool
