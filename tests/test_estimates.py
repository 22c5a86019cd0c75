"""Means, differences and their intervals, against scipy and by hand."""

import numpy as np
import pytest
from scipy import stats

from supportnet.experiments.ensemble.estimates import difference_of, mean_of, mean_of_clusters, probability_above

LUCK = np.random.default_rng(5)
VALUES, OTHERS = LUCK.normal(3.0, 2.0, (12, 4)), LUCK.normal(2.0, 5.0, (7, 4))


def test_mean__has_scipys_t_interval() -> None:
    found = mean_of(VALUES)
    expected = stats.ttest_1samp(VALUES, 0.0).confidence_interval(0.95)
    np.testing.assert_allclose(found.mean, VALUES.mean(axis=0))
    np.testing.assert_allclose(found.mcse, stats.sem(VALUES))
    np.testing.assert_allclose([found.lower, found.upper], [expected.low, expected.high])


def test_difference__has_welchs_interval() -> None:
    found = difference_of(OTHERS, VALUES)
    expected = stats.ttest_ind(VALUES, OTHERS, equal_var=False).confidence_interval(0.95)
    np.testing.assert_allclose([found.lower, found.upper], [expected.low, expected.high])


def test_missing_values__are_left_out_and_counted() -> None:
    values = VALUES.copy()
    values[[0, 5], 1] = np.nan
    values[:, 2] = np.nan
    found = mean_of(values)
    assert list(found.n) == [12, 10, 0, 12]
    np.testing.assert_allclose(found.mean[1], np.nanmean(values[:, 1]))
    assert np.isnan([found.mean[2], found.mcse[2], found.lower[2]]).all()


def test_a_single_replicate__has_a_mean_but_no_interval() -> None:
    found = mean_of(VALUES[:1])
    np.testing.assert_allclose(found.mean, VALUES[0])
    assert np.isnan([found.mcse, found.lower, found.upper]).all()


def test_probability__comes_from_the_t_distribution__and_is_a_half_where_nothing_differs() -> None:
    above = probability_above(mean_of(VALUES))
    np.testing.assert_allclose(above, 1.0 - stats.ttest_1samp(VALUES, 0.0, alternative="greater").pvalue)
    assert probability_above(mean_of(np.zeros((5, 1)))).item() == 0.5
    assert probability_above(mean_of(np.ones((5, 1)))).item() == 1.0


def test_clusters__of_one_person_each_give_the_plain_interval() -> None:
    values = VALUES[:, :1]
    found, plain = mean_of_clusters(values, np.ones_like(values)), mean_of(values)
    np.testing.assert_allclose([found.mean, found.mcse, found.lower], [plain.mean, plain.mcse, plain.lower])


@pytest.mark.parametrize("within", [0.0, 3.0])
def test_clusters__count_as_much_as_their_means_tell(within: float) -> None:
    """Ten people of one replicate who all gain the same are one observation, not ten."""
    gained = LUCK.normal(1.0, 1.0, (20, 1)) + within * LUCK.normal(size=(20, 10))
    found = mean_of_clusters(gained.sum(axis=1)[:, None], np.full((20, 1), 10))
    of_means = mean_of(gained.mean(axis=1)[:, None])
    np.testing.assert_allclose([found.mean, found.mcse], [of_means.mean, of_means.mcse])


def test_two_equal_values__do_not_show_that_nothing_varies() -> None:
    for equal in (
        mean_of(np.full((2, 1), 0.0083)), mean_of(np.full((4, 1), 0.0083), np.array([0, 0, 1, 1])),
        difference_of(np.zeros((2, 1)), np.full((2, 1), 0.0083)),
    ):  # fmt: skip
        assert equal.mean == pytest.approx(0.0083)
        assert np.isnan([*equal.mcse, *equal.lower, *equal.upper, *probability_above(equal)]).all()
    three = mean_of(np.full((3, 1), 0.5))
    assert (three.lower, three.upper) == (0.5, 0.5)
    differ = mean_of(np.array([[0.0], [1.0]]))
    assert np.isfinite([*differ.lower, *differ.upper]).all()
