"""What follows from inputs and so checks the code: fading without contact, how far two sides agree, caseload."""

import numpy as np

from supportnet.experiments.patterns.measurement import Ties
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Role
from supportnet.sim.measurement.agreement import agreement

ASIDE = 8  # weeks


def fading(world: StudyWorld) -> dict[str, float]:
    """Share of strength lost in eight weeks: friends without contact, relatives without, friends with contact."""
    run = world.area()
    before = Ties(run)
    run.advance(ASIDE, 0)
    after = Ties(run)
    _, then, now = np.intersect1d(before.name, after.name, return_indices=True)
    lost = 1.0 - after.now.strength[now] / before.now.strength[then]
    role, without = after.now.role[now], after.now.since[now] >= ASIDE
    friend, family = role == Role.FRIEND, role == Role.FAMILY
    slowed = lost[friend & ~without].mean() < lost[friend & without].mean()
    return {"fading_order": float(slowed and lost[friend & without].mean() > lost[family & without].mean())}


def two_sides(world: StudyWorld) -> dict[str, float]:
    """Whether both sides of professional ties agree least on reciprocity and power balance; and the caseload."""
    run = Simulation(world.scenario, world.seed, world.replicate, pool=world.pool, record=True)
    run.advance(52, 0)
    kappa = agreement(run, "professional")["kappa"].sort_values()
    lowest = set(kappa.index[:2]) == {"reciprocity", "power_balance"}
    return {"kappa_order": float(lowest), "caseload": world.scenario.services.caseload}
