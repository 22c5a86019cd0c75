"""The sentence on what carries a difference: carried, not carried, not known; and the share that is left."""

import numpy as np
import pytest
from scipy.stats import t

import supportnet as sn
from supportnet.analysis.figures.explain import attribution_foot
from supportnet.analysis.wording.attribution import attribution_sentence, labels_of
from supportnet.experiments.comparison.attribution import PLAYERS, Attribution, AttributionPlan
from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.ensemble.ratio import ratio_of
from supportnet.experiments.ensemble.sampling import Sampling
from tests.small import small

LUCK = np.random.default_rng(1).normal(size=(2, 12))
LUCK -= LUCK.mean(axis=1, keepdims=True)


def attribution(left: float, whole: float, noise: float = 0.01, over: str = "mechanisms", n: int = 12) -> Attribution:
    """A difference in recovery so large, of which so much is left with everything held; coalitions in even steps."""
    n_coalitions = 2 ** len(PLAYERS[over])
    values = np.zeros((n_coalitions, 2, n, len(NAMES)))
    way = np.linspace(0.0, 1.0, n_coalitions)[:, None]
    values[:, 1, :, NAMES.index("recovery")] = left + (whole - left) * way + noise * LUCK[0, :n]
    return Attribution(AttributionPlan((small(), small("befriending")), Sampling(range(n)), over), values)


@pytest.mark.parametrize(
    ("left", "whole", "noise", "said"),
    [
        (0.08, 0.10, 0.01, "Most of the difference in recovery (80 %, "),
        (0.12, 0.10, 0.01, "All of the difference in recovery (120 %, "),
        (0.02, 0.10, 0.01, "comes from the seven mechanisms; the largest share is that of "),
        (
            0.05,
            0.10,
            0.05,
            "Whether most of the difference in recovery comes from the seven mechanisms is not known",
        ),
        (0.01, 0.02, 0.30, "What carries the difference in recovery (0-1) is not known: it may be zero, "),
        (0.005, 0.01, 0.03, "There is nothing to attribute: no difference in recovery (0-1) that matters, "),
    ],
)
def test_the_sentence__says_whether_mechanisms_carry_a_difference(
    left: float, whole: float, noise: float, said: str
) -> None:
    found = attribution(left, whole, noise)
    sentence = attribution_sentence(found, "recovery")
    assert said in sentence
    assert sentence in attribution_foot(found, "recovery"), "the figure says it too"
    left_when = "is left when none of the seven mechanisms changes"
    assert (left_when in sentence) == (left / whole >= 0.5 and "known: it may be" not in sentence and whole > 0.05)


def test_the_sentence__says_that_so_few_replicates_or_values_show_nothing() -> None:
    assert "no interval" in attribution_sentence(attribution(0.08, 0.1, n=1), "recovery")
    found = attribution(0.08, 0.1)
    found.values[3, 1, :, NAMES.index("recovery")] = np.nan
    sentence = "with some of the seven mechanisms held, recovery (0-1) has no value in any replicate"
    assert sentence in attribution_sentence(found, "recovery")


def test_what_is_left__is_called_by_what_does_not_change() -> None:
    assert labels_of(attribution(0.1, 0.2))["without"] == "Effect left when none of the seven mechanisms changes"
    kinds = labels_of(attribution(0.1, 0.2, over="relationships"))["without"]
    assert kinds == "Effect left when none of the four kinds of relationship changes"


def test_the_share_that_is_left__has_fiellers_interval() -> None:
    """Against the roots of (mean x - r mean y)² = t² var(mean x - r mean y), without draws."""
    x, y = 0.8 + 0.3 * LUCK[0], 1.0 + 0.2 * LUCK[1]
    found, n = ratio_of(x, y), len(x)
    (xx, xy), (_, yy) = np.cov(x, y) / n
    q = t.ppf(0.975, n - 1) ** 2
    roots = np.roots([y.mean() ** 2 - q * yy, -2.0 * (x.mean() * y.mean() - q * xy), x.mean() ** 2 - q * xx])
    np.testing.assert_allclose(sorted(roots), [found.lower, found.upper])
    assert found.value == pytest.approx(x.mean() / y.mean())
    np.testing.assert_allclose(ratio_of(-x, -y), found, err_msg="a difference downwards is no other case")
    assert np.isnan(ratio_of(x, y - y.mean()).lower), "no ends where the whole may be 0"
    assert ratio_of(y, y) == (1.0, 1.0, 1.0)
    assert ratio_of(np.zeros(2), np.array([1.0, 1.01])) == (0.0, 0.0, 0.0)


def test_the_share_that_is_left__contains_the_truth_in_95_of_100_over_draws() -> None:
    """20 draws by two replicates: the effect of a draw varies, and what is left of it is .6 on average."""
    luck, draws, inside = np.random.default_rng(7), np.repeat(np.arange(20), 2), 0
    for _ in range(20):
        wholes = np.repeat(luck.normal(1.0, 0.3, 20), 2)
        parts = 0.6 * wholes + np.repeat(luck.normal(0.0, 0.1, 20), 2)
        found = ratio_of(parts + luck.normal(0.0, 0.1, 40), wholes + luck.normal(0.0, 0.1, 40), draws)
        inside += found.lower <= 0.6 <= found.upper
    assert inside >= 17


def test_a_card__begins_with_the_sentence() -> None:
    found = attribution(0.08, 0.1)
    why = sn.Explanation.of(found, "recovery")
    assert why.to_dict()["sentence"] == why.sentence == attribution_sentence(found, "recovery")
    assert why.to_dict()["share_left"] == pytest.approx(0.8, abs=0.05)
    card = why._repr_html_()
    assert card.index(why.sentence) < card.index("<table")
