"""Costs and effects against worked examples, each with its source."""

import numpy as np
import pytest

from supportnet.experiments.economics.costs import USED
from supportnet.experiments.economics.decision import acceptability, evpi, expected_loss, probability_best
from supportnet.experiments.economics.samples import StrategySamples

FREE = np.zeros((4, len(USED)))  # sets of prices at which nothing costs anything


def samples_of(benefits: np.ndarray) -> StrategySamples:
    """Draws (draws, strategies) of what is worth its effect, each simulated twice, without noise."""
    effect = np.repeat(benefits, 2, axis=0)
    draws = np.repeat(np.arange(len(benefits)), 2)
    return StrategySamples(tuple("abcd"[: benefits.shape[1]]), np.zeros((*effect.shape, len(USED))), effect, draws)


def test_expected_loss__as_in_a_table_of_five_possibilities() -> None:
    """Two treatments under five possibilities: Briggs, Claxton & Sculpher 2006, Decision Modelling for Health Economic
    Evaluation, ch. 6; Claxton, Expected value of perfect information, Encyclopedia of Medical Decision Making, 2009. On
    average 12 and 13, 13.6 with perfect information; the second is best in three of five."""
    benefits = np.array([[9.0, 12.0], [12.0, 10.0], [14.0, 17.0], [11.0, 10.0], [14.0, 16.0]])
    assert expected_loss(benefits) == pytest.approx([1.6, 0.6])
    assert evpi(benefits) == pytest.approx(0.6)
    assert probability_best(benefits) == pytest.approx([0.4, 0.6])
    found = acceptability(samples_of(benefits), FREE, np.array([1.0]), 1)
    assert found.loss[0] == pytest.approx([1.6, 0.6])
    left_out = np.array([expected_loss(np.delete(benefits, k, axis=0)) for k in range(5)])
    assert found.loss_mcse[0] == pytest.approx(np.sqrt(4 / 5 * ((left_out - [1.6, 0.6]) ** 2).sum(axis=0)))


def test_smallest_expected_loss__is_the_value_of_perfect_information_and_that_of_the_frontier() -> None:
    """At every threshold: Alarid-Escudero et al. 2019, doi:10.1016/j.jval.2019.02.008."""
    rng = np.random.default_rng(3)
    effect = np.repeat(rng.normal([0.0, 0.4, 0.5], 1.0, (50, 3)), 2, axis=0) + rng.normal(0.0, 0.2, (100, 3))
    used = np.abs(rng.normal([1.0, 1.2, 1.5], 0.2, (100, 3)))[..., None] * np.ones(len(USED))
    drawn = StrategySamples(("a", "b", "c"), used, effect, np.repeat(np.arange(50), 2))
    prices = rng.random((8, len(USED)))
    for samples in (drawn, StrategySamples(("a", "b", "c"), used, effect, None)):
        found = acceptability(samples, prices, np.linspace(0.0, 4.0, 9), 1)
        assert found.loss.min(axis=1) == pytest.approx(found.evpi, abs=1e-12)
        assert np.array_equal(found.loss.argmin(axis=1), found.best)
        assert (found.loss_mcse > 0.0).any()
        assert len(set(found.best)) > 1, "the frontier changes over these thresholds"
