"""How probable what trials found is under a model: exact for normal models, with an error that is that of new draws."""

import numpy as np
import pytest

from supportnet.experiments.calibration.discrepancy import Benefits
from supportnet.experiments.calibration.marginal_likelihood import (
    ALL,
    BayesFactor,
    marginal_likelihoods,
    mean_density,
)
from supportnet.experiments.randomised.evidence import shipped_evidence
from tests.rival_fits import effects_of, exact_logs


def test_probabilities_of_trials__are_the_exact_ones_of_normal_models() -> None:
    evidence, published = shipped_evidence(), Benefits.of(shipped_evidence().effects).estimate
    worlds = {"near": published, "far": published - 0.2}
    found = {name: marginal_likelihoods(evidence, effects_of(mean, 3000, 1)) for name, mean in worlds.items()}
    exact = {name: exact_logs(mean) for name, mean in worlds.items()}
    for name, likelihoods in found.items():
        assert list(likelihoods) == [ALL, *evidence.programmes]
        for programme, one in likelihoods.items():
            assert one.error < 0.15
            assert abs(one.log - exact[name][programme]) < 4 * one.error, (name, programme)
    factor = BayesFactor.of(found["near"][ALL], found["far"][ALL])
    assert abs(factor.log - (exact["near"][ALL] - exact["far"][ALL])) < 4 * factor.error
    assert factor.error == pytest.approx(np.hypot(found["near"][ALL].error, found["far"][ALL].error))
    assert factor.strength == "very strong"


def test_error_of_a_probability__is_how_far_it_is_off_when_draws_are_drawn_anew() -> None:
    luck = np.random.default_rng(2)
    logs = luck.standard_normal((600, 100, 1)) + np.log(luck.uniform(0.5, 1.5, 5))
    found = [mean_density(one) for one in logs]
    assert np.mean([one.error for one in found]) == pytest.approx(np.std([one.log for one in found]), rel=0.1)
    densities = np.exp(logs[0]).mean(axis=1)
    without_one = np.array([np.log(np.delete(densities, k).mean()) for k in range(100)])
    jackknife = np.sqrt(0.99 * ((without_one - without_one.mean()) ** 2).sum())
    assert found[0].error == pytest.approx(jackknife)
    assert found[0].log == pytest.approx(np.log(densities.mean()))
    assert found[0].effective == pytest.approx(densities.sum() ** 2 / (densities**2).sum())


def test_probabilities__do_not_vanish_where_densities_do() -> None:
    assert mean_density(np.full((20, 3), -5000.0)).log == pytest.approx(-5000.0)


@pytest.mark.parametrize(
    ("log", "error", "strength"),
    [
        (1.0, 0.0, ""), (1.01, 0.0, "positive"), (-2.9, 0.0, "positive"), (3.1, 0.0, "strong"),
        (5.1, 0.0, "very strong"), (-5.1, 0.5, "strong"), (5.1, 2.2, ""), (0.0, 9.0, ""), (2.0, np.nan, ""),
        (np.nan, np.nan, ""),
    ],
)  # fmt: skip
def test_strength__is_read_where_the_interval_is_nearest_to_nothing(log: float, error: float, strength: str) -> None:
    assert BayesFactor(log, error).strength == strength
