"""How probable published effects are, given what the model shows: simulated effect + discrepancy + error of the study.

Everything is a benefit: effects on what is better if less of it are turned round, and logarithms of risk ratios are
divided by pi / sqrt(3), as differences of logits are to become standardised ones (Chinn 2000,
doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M). A programme does more or less than the model says on
all its outcomes (SD `of_programme`) and on each (SD `of_outcome`); both SDs are unknown, with half-normal priors.
Whoever waits for a treatment expects less than whoever has it: benefits against a waiting list include EXPECTATION.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from supportnet.experiments.randomised.evidence import TrialEffect

Doubles = NDArray[np.float64]
LESS_IS_BETTER = ("distress", "gad7", "withdrawal", "relapses", "admissions", "carer_strain")
LOGIT = math.pi / math.sqrt(3.0)  # of a difference of logits that is one standard deviation
PRIOR_SCALE = 0.10  # of both half-normal priors, in standard deviations: set before any programme was left out; assumed
LEVELS = 8  # of each SD of discrepancy, equally probable under its prior
EXPECTATION, EXPECTATION_SD = 0.25, 0.15  # standard deviations; assumed
WAITING = "waiting_list"


class Benefits(NamedTuple):
    """Published effects as benefits, in the order of the evidence."""

    names: list[str]
    programmes: list[str]
    classes: list[str]
    estimate: Doubles  # (effects,) less what is expected of waiting
    error: Doubles  # (effects,) standard error, with what is not known of the expectation
    controls: Sequence[str] = ()  # of each; where none is given, no programme is another's control

    @classmethod
    def of(cls, effects: Sequence[TrialEffect]) -> "Benefits":
        """The benefits that these effects are."""
        waiting = np.array([one.about.control == WAITING for one in effects])
        estimate = as_benefits(effects, np.array([one.estimate for one in effects])) - EXPECTATION * waiting
        error = np.abs(as_benefits(effects, np.array([one.error for one in effects])))
        programmes = [one.about.programme for one in effects]
        return cls(
            [one.name for one in effects], programmes, [one.outcome_class for one in effects], estimate,
            np.hypot(error, EXPECTATION_SD * waiting), [one.about.control for one in effects],
        )  # fmt: skip

    def compared_with(self, programme: str) -> set[str]:
        """The programme, and those that were tried against it: all that trials of it tell of."""
        pairs = zip(self.programmes, self.controls, strict=False)
        return {programme, *(one for one, other in pairs if other == programme)}


class Discrepancies(NamedTuple):
    """SDs of discrepancy that are equally probable under their priors."""

    of_programme: Doubles  # (levels,)
    of_outcome: Doubles  # (levels,)


def as_benefits(effects: Sequence[TrialEffect], values: Doubles) -> Doubles:
    """(…, effects) values of these effects, as they are fitted, as benefits."""
    signs = [-1.0 if one.entry.outcome in LESS_IS_BETTER else 1.0 for one in effects]
    return np.asarray(values * signs / [LOGIT if one.is_ratio else 1.0 for one in effects])


def discrepancies() -> Discrepancies:
    """Every pair of LEVELS quantiles of the priors."""
    levels = stats.halfnorm.ppf((np.arange(LEVELS) + 0.5) / LEVELS, scale=PRIOR_SCALE)
    of_programme, of_outcome = np.meshgrid(levels, levels)
    return Discrepancies(of_programme.ravel(), of_outcome.ravel())


def log_likelihoods(published: Benefits, simulated: Doubles, unknown: Discrepancies) -> dict[str, Doubles]:
    """Programme -> (draws, levels) logarithm of the density of its published benefits; simulated: (draws, effects)."""
    found = {}
    for programme in dict.fromkeys(published.programmes):
        own = [k for k, one in enumerate(published.programmes) if one == programme]
        off, errors = published.estimate[own] - simulated[:, own], published.error[own]
        covariances = [common**2 + np.diag(each**2 + errors**2) for common, each in zip(*unknown, strict=True)]
        densities = [stats.multivariate_normal.logpdf(off, cov=one).reshape(-1) for one in covariances]
        found[programme] = np.stack(densities, axis=1)
    return found


def joint_weights(log: Mapping[str, Doubles], without: Collection[str] = ()) -> Doubles:
    """(draws, levels) Posterior probability of each draw of the first fit with each pair of SDs of discrepancy, from
    the trials of all programmes, or of all but some."""
    total = np.sum([one for programme, one in log.items() if programme not in without], axis=0)
    weights = np.exp(total - total.max())
    return np.asarray(weights / weights.sum())
