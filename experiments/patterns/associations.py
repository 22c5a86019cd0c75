"""What goes with what among people at one time: recovery's processes, sizes of networks, supporters who know others."""

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.patterns.measurement import (
    Ties,
    Values,
    correlation,
    hedges_g,
    measured_processes,
    measured_symptoms,
    measured_withdrawal,
)
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Process
from supportnet.sim.state import MOST_TIES


def associations(run: Simulation, rng: np.random.Generator) -> dict[str, float]:
    """Each process with the others, large against small networks, and density among supporters."""
    size = run.area.world.people.n_ties
    return {
        **processes_with_others(measured_processes(run, rng)),
        "large_networks_withdrawal": large_against_small(size, measured_withdrawal(run, rng)),
        "large_networks_distress": large_against_small(size, measured_symptoms(run, rng)),
        "supporter_density": density_among_supporters(Ties(run)),
    }


def processes_with_others(measured: Values) -> dict[str, float]:
    """Correlation of each process with the total of the other four; measured: (people, 5)."""
    total = measured.sum(axis=1)
    return {
        f"{process.word}_with_others": correlation(measured[:, process], total - measured[:, process])
        for process in Process
    }


def large_against_small(size: NDArray[np.int16], values: Values) -> float:
    """Hedges' g of the third of people with the largest networks less the third with the smallest; NaN where a size is
    both."""
    small, large = np.quantile(size, (1 / 3, 2 / 3))
    if small == large:
        return np.nan
    ends = (size <= small) | (size >= large)
    return float(hedges_g(values[ends, None], size[ends] >= large)[0])


def density_among_supporters(ties: Ties) -> float:
    """Share of a person's other supporters whom a supporter knows, as a mean over supporters."""
    others = np.bincount(ties.of, minlength=ties.people)[ties.of] - 1
    return float((acquaintance_counts(ties)[others > 0] / others[others > 0]).mean()) if (others > 0).any() else np.nan


def acquaintance_counts(ties: Ties) -> NDArray[np.int64]:
    """(ties,) How many of the person's other supporters each supporter knows."""
    return np.asarray(np.bitwise_count(ties.now.knows), np.int64)


def known_pairs(ties: Ties) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Supporters who know each other: two arrays of ties, each pair both ways round."""
    knower, slot = np.nonzero(ties.now.knows[:, None] >> np.arange(MOST_TIES, dtype=np.uint64) & np.uint64(1))
    first = np.searchsorted(ties.of, ties.of[knower])  # a person's ties lie side by side, the oldest first
    return knower, first + slot
