"""What a study of so many people would be worth: expected value of sample information, per person and year.

What a study of n people is expected to make of net benefits varies less than exact knowledge would, by its reliability
ρ: about the mean, they vary by √ρ times as much (moment matching: Heath et al. 2018, doi:10.1177/0272989X17738515; for
a normal parameter and net benefits linear in it this is exact, as in Jalal & Alarid-Escudero 2018,
doi:10.1177/0272989X17715627). The reliability of a study of a group is the mean of those of its parameters, weighed by
the variance of net benefits that each explains. The cost of the study is not counted.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from supportnet.experiments.economics.group_information import groups_of, ridge_base
from supportnet.experiments.economics.samples import Doubles
from supportnet.experiments.economics.value_of_information import DrawnBenefits, Known, of_regressions, parabola_bases
from supportnet.experiments.economics.value_of_studies import reliability
from supportnet.sim.parameters import numbers


def of_studies(drawn: DrawnBenefits, known: Iterable[Known], people: int) -> Iterator[Known]:
    """A study of so many people of each parameter or group that stands out among what could be known."""
    groups = groups_of(map(str, drawn.numbers.columns[drawn.numbers.nunique() > 1]))
    for one in known:
        if one.clear and one.kind in ("number", "group"):
            names = groups.get(one.about, [one.about])
            values = drawn.numbers[names].to_numpy(np.float64)
            bases = parabola_bases(values, drawn.weights)
            shares = reliabilities(drawn, names, people)
            share = np.average(shares, weights=variance_explained(bases, drawn)) if one.kind == "group" else shares[0]
            base = ridge_base(values, drawn.weights)[None] if one.kind == "group" else bases
            value, mcse = of_regressions(base, expected_after(drawn, float(share)), drawn.weights)
            yield Known(f"{one.about}: a study of {people:,} people", "study", float(value[0]), float(mcse[0]))


def reliabilities(drawn: DrawnBenefits, names: list[str], people: int) -> Doubles:
    """Of a study of so many people, of each parameter."""
    values, known = drawn.numbers[names].to_numpy(np.float64), numbers()
    away = values - (drawn.weights[:, None] * values).mean(axis=0)
    variances = (drawn.weights[:, None] * away**2).mean(axis=0)
    return np.array([reliability(own, known[name], people) for own, name in zip(variances, names, strict=True)])


def variance_explained(bases: Doubles, drawn: DrawnBenefits) -> Doubles:
    """(parameters,) variance of net benefits that a regression on each base explains, summed over strategies."""
    away = drawn.benefits - (drawn.weights[:, None] * drawn.benefits).mean(axis=0)
    loads = np.swapaxes(bases, 1, 2) @ (np.sqrt(drawn.weights)[:, None] * away)
    return np.asarray((loads**2).sum(axis=(1, 2)))


def expected_after(drawn: DrawnBenefits, share: float) -> Doubles:
    """(draws, strategies) net benefits drawn together until they vary as what such a study is expected to make of
    them."""
    mean = (drawn.weights[:, None] * drawn.benefits).mean(axis=0)
    return np.asarray(mean + np.sqrt(share) * (drawn.benefits - mean))
