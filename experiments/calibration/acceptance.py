"""Which draws are kept once the model itself was run at them, and how probable trials make each of those.

Emulators err, most where a value depends on many numbers at once. A draw at which the model itself shows a world that
nobody would recognise is dropped: approximate Bayesian computation, with the emulators' posterior as its proposal
(Sisson, Fan & Beaumont 2018, doi:10.1201/9781315117195).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.calibration.discrepancy import (
    Benefits,
    Doubles,
    as_benefits,
    discrepancies,
    joint_weights,
    log_likelihoods,
)
from supportnet.experiments.calibration.targets import CalibrationTarget
from supportnet.experiments.randomised.evidence import Evidence

IN_RANGE = 0.75  # share of the values of a draw that are, at least
ALWAYS_IN_RANGE = (  # of every draw: no clinician would believe the rest of a world in which they are not
    "qpr_mean", "turnover", "relapse_1", "relapse_2", "relapse_3", "relapses_a_year", "crisis_weeks_a_year",
)  # fmt: skip


def in_range(values: Doubles, targets: Sequence[CalibrationTarget]) -> NDArray[np.bool_]:
    """(draws, targets) Whether each value is in the range of its target; a value that is not there is not."""
    low, high = np.array([(target.pattern.low, target.pattern.high) for target in targets]).T
    return np.asarray((values >= low) & (values <= high))


def accepted(values: Doubles, targets: Sequence[CalibrationTarget]) -> NDArray[np.bool_]:
    """(draws,) Whether a draw is kept, by what the model shows there (draws, targets)."""
    inside = in_range(values, targets)
    always = np.array([target.pattern.name in ALWAYS_IN_RANGE for target in targets])
    return np.asarray((inside.mean(axis=1) >= IN_RANGE) & inside[:, always].all(axis=1))


def weights_by_trials(evidence: Evidence, effects: Doubles) -> Doubles:
    """(draws,) Posterior probability of each draw given all trials; effects: (draws, effects) that the model shows."""
    published = Benefits.of(evidence.effects)
    log = log_likelihoods(published, as_benefits(evidence.effects, effects), discrepancies())
    return np.asarray(joint_weights(log).sum(axis=1))


def effective_number(weights: Doubles) -> float:
    """Of draws with these weights, which sum to 1 (Kish)."""
    return float(1.0 / (weights**2).sum())
