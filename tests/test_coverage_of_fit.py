"""Whether intervals of a whole fit hold the truth as often as they say, for a hundred truths of a known function.

Natural history by emulators that err, a move by runs, draws that are kept, trials with discrepancies.
"""

import numpy as np
import pytest
from scipy import stats

from supportnet.experiments.calibration.discrepancy import Benefits, discrepancies, joint_weights, log_likelihoods
from supportnet.experiments.calibration.iterate import WIDER
from supportnet.experiments.calibration.mcmc import Likelihood, sample
from supportnet.experiments.calibration.moves import move_draws

TRUTHS, DRAWS, DIMS, VALUES, EFFECTS = 100, 900, 12, 6, 8
EDGE, LUCK, EMULATOR = 0.3, 0.03, 0.2  # half of a range; noise of a run; error of an emulator
ERRORS = np.array([np.nan] * 4 + [0.15, 0.15])  # two published estimates among ranges
PROGRAMMES = [name for name in "abcd" for _ in range(2)]
TELLING = slice(0, 10)  # parameters that values or effects depend on
Array = np.ndarray

shape = np.random.default_rng(11)
SLOPES, BENDS = 0.9 * shape.normal(size=(2, VALUES, DIMS)) * (np.arange(DIMS) < 8)
WAVES, PHASES, SIZES = shape.normal(size=(30, DIMS)), 2 * np.pi * shape.random(30), shape.normal(size=(30, VALUES))
SIZES *= EMULATOR / np.sqrt((SIZES**2).sum(axis=0) / 2)
GAINS = 0.25 * shape.normal(size=(EFFECTS, DIMS)) * ((np.arange(DIMS) >= 4) & (np.arange(DIMS) < 10))


def shown(units: Array) -> Array:
    """(…, values) of natural history that the model shows."""
    return (units - 0.5) @ SLOPES.T + 0.1 * np.sin(2 * (units - 0.5) @ BENDS.T)


def emulated(units: Array) -> Array:
    """(…, values) as emulators have them, wrong by a smooth error."""
    return shown(units) + np.cos(units @ WAVES.T + PHASES) @ SIZES


def fitted(truth: Array, luck: np.random.Generator, seed: int) -> tuple[Array, Array]:
    """Draws of a whole fit (draws, dims) to what this truth shows, and their weights by trials."""
    seen = shown(truth) + LUCK * luck.standard_normal(VALUES)
    published = seen + np.nan_to_num(ERRORS) * luck.standard_normal(VALUES)
    centre = np.where(np.isnan(ERRORS), seen + luck.uniform(-EDGE, EDGE, VALUES), published)
    likelihood = Likelihood(emulated, np.full(VALUES, WIDER * EMULATOR), centre - EDGE, centre + EDGE, ERRORS)
    chains = sample(likelihood, DIMS, seed, chains=16, warm_up=400, draws=1200, thin=20).units.reshape(-1, DIMS)
    units = chains[luck.choice(len(chains), DRAWS, replace=False)]

    def off(at: Array) -> Array:
        return shown(at) + LUCK * luck.standard_normal((len(at), VALUES)) - centre

    units = move_draws(units, off(units), EDGE, ERRORS, seed)
    units = units[(np.abs(off(units)) <= EDGE).mean(axis=1) >= 0.75]
    common, each = stats.halfnorm.rvs(scale=0.1, size=2, random_state=luck)
    error = luck.uniform(0.1, 0.2, EFFECTS)
    found = 0.3 + GAINS @ (truth - 0.5) + np.repeat(common * luck.standard_normal(4), 2)
    found += np.hypot(each, error) * luck.standard_normal(EFFECTS)
    names = [str(k) for k in range(EFFECTS)]
    trials = Benefits(names, PROGRAMMES, ["recovery"] * EFFECTS, found, error)
    log = log_likelihoods(trials, 0.3 + (units - 0.5) @ GAINS.T, discrepancies())
    return units, joint_weights(log).sum(axis=1)


@pytest.mark.slow
def test_intervals_of_a_whole_fit__hold_truths_as_often_as_they_say() -> None:
    places = np.empty((2, TRUTHS, DIMS))
    for k in range(TRUTHS):
        luck = np.random.default_rng([3, k])
        truth = luck.random(DIMS)
        units, weights = fitted(truth, luck, k)
        places[:, k] = (units < truth).mean(axis=0), weights @ (units < truth)
    for fit, share in zip(("natural history", "trials"), np.abs(places[..., TELLING] - 0.5), strict=True):
        for level in (0.5, 0.9):
            covered = (share <= level / 2).mean(axis=1)
            error = covered.std() / np.sqrt(TRUTHS)
            assert covered.mean() == pytest.approx(level, abs=0.03 + 2 * error), fit
