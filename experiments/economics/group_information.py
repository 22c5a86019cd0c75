"""What is worth knowing of several parameters together: those that share the first part of their names.

Net benefits are regressed on all parameters of a group and their squares (Strong et al. 2014,
doi:10.1177/0272989X13505910) by ridge regression (Hoerl & Kennard 1970, doi:10.1080/00401706.1970.10488634), for a
group may have as many terms as there are draws.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
from scipy.optimize import brentq

from supportnet.experiments.economics.samples import Doubles
from supportnet.experiments.economics.value_of_information import SAME, DrawnBenefits, Known, of_bases

TERMS = 0.25  # effective terms of a regression, as a share of draws: of .05 to .4, this is as good as any
BOUNDS = (-60.0, 60.0)  # logarithms between which the penalty is looked for, in units of the largest variance


def groups_of(names: Iterable[str]) -> dict[str, list[str]]:
    """The groups of two or more parameters, by the first part of their names."""
    groups = defaultdict[str, list[str]](list)
    for name in names:
        groups[name.partition(".")[0]].append(name)
    return {f"{group} ({len(own)} parameters)": own for group, own in groups.items() if len(own) > 1}


def of_groups(drawn: DrawnBenefits, seed: int) -> Iterator[Known]:
    """Each group, and whether it is worth more than the best of them all comes to where draws are shuffled."""
    varying = drawn.numbers.loc[:, drawn.numbers.nunique() > 1]
    groups = groups_of(map(str, varying))
    if groups:
        bases = stacked_bases([ridge_base(varying[own].to_numpy(np.float64), drawn.weights) for own in groups.values()])
        for name, value, mcse, clear in zip(groups, *of_bases(bases, drawn.benefits, seed, drawn.weights), strict=True):
            yield Known(name, "group", float(value), float(mcse), bool(clear))


def ridge_base(numbers: Doubles, weights: Doubles) -> Doubles:
    """(draws, terms) B of the ridge regression on parameters (draws, k) and their squares: B Bᵀ is its hat matrix on
    draws scaled by the roots of their weights, with TERMS of the draws as effective terms, or all that there are."""
    away = (numbers - numbers.mean(axis=0)) / numbers.std(axis=0)
    terms, root = np.hstack([away, away**2]), np.sqrt(weights)[:, None]
    terms -= (weights[:, None] * terms).mean(axis=0)
    axes, size, _ = np.linalg.svd(root * terms, full_matrices=False)
    axes, variance = axes[:, size > SAME * size[0]], (size[size > SAME * size[0]] / size[0]) ** 2
    kept = np.ones_like(variance)
    if len(variance) > (most := max(2.0, TERMS * len(weights))):
        kept = variance / (
            variance + np.exp(brentq(lambda log: (variance / (variance + np.exp(log))).sum() - most, *BOUNDS))
        )
    return np.hstack([root / np.sqrt(len(weights)), axes * np.sqrt(kept)])


def stacked_bases(bases: list[Doubles]) -> Doubles:
    """(subjects, draws, terms) bases as one array, with empty terms where one has fewer."""
    most = max(base.shape[1] for base in bases)
    return np.stack([np.pad(base, ((0, 0), (0, most - base.shape[1]))) for base in bases])
