"""How probable what trials found is under a model that was fitted to natural history, and under another.

Marginal likelihood: the mean density of what was published, over draws of the first fit and SDs of discrepancy, all
equally probable. The ratio of two models' is their Bayes factor, with the customary words of Kass & Raftery (1995,
doi:10.1080/01621459.1995.10476572).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp, softmax

from supportnet.experiments.calibration.acceptance import effective_number
from supportnet.experiments.calibration.discrepancy import (
    Benefits,
    Doubles,
    as_benefits,
    discrepancies,
    log_likelihoods,
)
from supportnet.experiments.randomised.evidence import Evidence

ALL = "all"  # programmes together
STRENGTHS = {5.0: "very strong", 3.0: "strong", 1.0: "positive"}  # logarithms from which on evidence is called so
WIDE = 1.96  # standard errors from an estimate to the end of its 95 % interval


class MarginalLikelihood(NamedTuple):
    """Its natural logarithm, by Monte Carlo."""

    log: float
    error: float  # Monte Carlo standard error
    effective: float  # number of draws that carry it


class BayesFactor(NamedTuple):
    """Natural logarithm of a model's marginal likelihood over another's."""

    log: float
    error: float  # Monte Carlo standard error

    @classmethod
    def of(cls, model: MarginalLikelihood, other: MarginalLikelihood) -> "BayesFactor":
        """Of two models whose draws are independent."""
        return cls(model.log - other.log, float(np.hypot(model.error, other.error)))

    @property
    def strength(self) -> str:
        """Of the evidence for one of the two, by the end of the 95 % Monte Carlo interval that is nearer to 0; empty
        if it is not worth more than a bare mention."""
        least = abs(self.log) - WIDE * self.error
        return next((word for limit, word in STRENGTHS.items() if least > limit), "")


def marginal_likelihoods(evidence: Evidence, effects: Doubles) -> dict[str, MarginalLikelihood]:
    """Of all trials together (ALL), and of those of each programme alone; effects: (draws, effects) that a model shows
    of them. Those of programmes do not sum to that of all, since trials of one tell of draws what others find too."""
    published = Benefits.of(evidence.effects)
    log = log_likelihoods(published, as_benefits(evidence.effects, effects), discrepancies())
    return {name: mean_density(one) for name, one in {ALL: np.sum([*log.values()], axis=0), **log}.items()}


def mean_density(log: Doubles) -> MarginalLikelihood:
    """Of (draws, levels) logarithms of densities; levels are exact, so that the error is over draws, by jackknife."""
    draws, levels = log.shape
    of_draws = logsumexp(log, axis=1) - np.log(levels)
    without_one = logsumexp(np.where(np.eye(draws, dtype=bool), -np.inf, of_draws), axis=1) - np.log(draws - 1)
    return MarginalLikelihood(
        float(logsumexp(of_draws) - np.log(draws)),
        float(np.sqrt((draws - 1) * without_one.var())),
        effective_number(softmax(of_draws)),
    )
