"""Cautions about sensitivity indices: limits of their sample, and impossible values."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.analysis.sensitivity.indices import NESTED, PARTS, AnalysisInput, Method, least_points, own_design, used
from supportnet.analysis.sensitivity.noise import varies
from supportnet.analysis.wording.formatting import counted, some_of
from supportnet.experiments.study.study import StudyDefinition

Doubles = NDArray[np.float64]
NOTABLE = 0.05  # share of the largest index below which a factor's rank does not matter
ROUGH = 0.05  # by which shares without intervals are off (FAST, docs/sensitivity.md)
ONLY_RANKS = 1000  # points below which δ and PAWN of a factor without effect are far from 0
TRAJECTORIES = 10  # of Morris, as Campolongo et al. (2007) have them
SAME = 0.1  # of the design points with the same outcome, from which on whole classes of δ are left out for it
NEARLY_ALL, FEW = 0.9, 10  # of the design points: so many with the same outcome, and fewer with others
SEEN = 0.005  # of a share: smaller ones read as 0.00
SHARES = ("S1", "ST")


def about_design(study: StudyDefinition, method: Method, convergence: pd.DataFrame) -> Iterator[str]:
    """Cautions about a whole analysis."""
    kind, n = study.design.kind, study.design.n
    if kind in ("sobol", "sobol_sequence") and n & (n - 1):
        lower = 1 << (n.bit_length() - 1)
        yield f"n = {n:,} is not a power of two: the sample is less even than with {lower:,} or {2 * lower:,}"
    if any(condition.joins for condition in study.conditions):
        yield "constraints make factors depend on each other: what they share counts for each of them"
    if not own_design(method) and kind in ("sobol", "dgsm"):
        which = "its first and its last point" if kind == "sobol" else "only its first point"
        yield f"of each block of this design {which} are used: the others share values with them"
    if kind not in NESTED:
        yield f"convergence is not shown: parts of a {kind} design are not samples in themselves"
    elif convergence.groupby(["scenario", "outcome", "week"])["n"].nunique().min() < len(PARTS):
        yield f"convergence leaves out parts of the sample below {least_points(method, study):,} points"


def about_indices(
    what: str, table: pd.DataFrame, method: Method, asked: AnalysisInput, mean: Doubles, noise: float
) -> list[str]:
    """Cautions about the indices of one scenario, outcome and week.

    mean: the outcome of each design point; noise: its share, NaN with a single replicate.
    """
    main = table[table["index"] == method.main].sort_values("value", ascending=False)
    if not varies(mean):
        undefined = "shares of its variance are not defined" if method.variance else "every index is 0"
        return [f"{what} does not vary: {undefined}"]
    return [*about_noise(what, method, noise), *about_size(what, main, method, asked),
            *about_equals(what, method, mean), *impossible(what, table), *not_ranked(what, main, method)]  # fmt: skip


def about_noise(what: str, method: Method, noise: float) -> Iterator[str]:
    """Cautions about Monte Carlo noise."""
    if np.isnan(noise):
        yield "a single replicate: the share of Monte Carlo noise in the variance cannot be estimated"
    elif noise > 0.1:
        remedy = "" if method.variance or method.main == "mu_star" else ", for which this method has no correction"
        yield f"{what}: {100 * noise:.0f} % of the variance between design points is Monte Carlo noise{remedy}"


def about_size(what: str, main: pd.DataFrame, method: Method, asked: AnalysisInput) -> Iterator[str]:
    """Cautions about a small sample."""
    n = len(asked.places) // len(used(method, asked.study))
    unknown = list(main["factor"][main["value"].isna()])
    same = [] if own_design(method) else [factor for factor, varied in
            zip(asked.study.groups, np.ptp(asked.places, axis=0) > 0.0, strict=True) if not varied]  # fmt: skip
    if fixed := [factor for factor in unknown if factor in same]:
        yield f"{what}: {method.main} of {some_of(fixed)} cannot be estimated, as it does not vary in this sample"
    if other := [factor for factor in unknown if factor not in same]:
        yield f"{what}: {method.main} of {some_of(other)} cannot be estimated, as too few outcomes differ"
    if method.main == "mu_star" and n < TRAJECTORIES:
        yield f"{what}: {n} trajectories are few, so intervals of μ* are imprecise: {TRAJECTORIES} are usual"
    if method.main in ("delta", "median") and len(asked.places) < ONLY_RANKS:
        yield f"{what}: with {len(asked.places):,} points even a factor without any effect is above 0"
    if method.main == "S1" and main["lower"].isna().all():
        yield f"{what}: intervals need {2 * method.least} points, as they use halves of the sample"


def about_equals(what: str, method: Method, mean: Doubles) -> Iterator[str]:
    """Cautions about an outcome with the same value at many design points."""
    value, count = max(zip(*np.unique(mean, return_counts=True), strict=True), key=lambda pair: pair[1])
    share = count / len(mean)
    others = len(mean) - int(count)
    if share > NEARLY_ALL and others < FEW:
        yield f"{what} is {value:g} at all but {counted(others, 'design point')}: indices from so few are due to chance"
    if method.main == "delta" and share > SAME:
        yield (
            f"{what} is {value:g} at {100 * share:.0f} % of the design points: δ may be too small because of that; use "
            f"pawn"
        )


def impossible(what: str, table: pd.DataFrame) -> Iterator[str]:
    """Impossible shares of variance: below 0, first-order above total, or a sum above 1."""
    shares = {str(name): rows.set_index("factor") for name, rows in table[table["index"].isin(SHARES)].groupby("index")}
    width = {name: ((rows["upper"] - rows["lower"]) / 2).fillna(ROUGH) for name, rows in shares.items()}
    for name, rows in shares.items():
        beyond = rows["value"] + width[name] < 0.0
        if negative := list(rows.index[(rows["value"] < -SEEN) & ~beyond]):
            yield (
                f"{what}: {name} of {some_of(negative)} is below 0, which is impossible for a share: noise around a "
                f"value near 0"
            )
        if negative := list(rows.index[beyond]):
            yield (
                f"{what}: {name} of {some_of(negative)} is below 0 beyond its interval, which is impossible: use a "
                f"larger n"
            )
    if len(shares) == 2:
        excess = shares["S1"]["value"] - shares["ST"]["value"] - width["S1"] - width["ST"]
        if above := list(excess.index[excess > 0.0]):
            yield (
                f"{what}: S1 of {some_of(above)} is above ST beyond both intervals, which is impossible: use a larger n"
            )
    if "S1" in shares:
        whole = float(shares["S1"]["value"].sum())
        if whole - float(np.sqrt((width["S1"] ** 2).sum())) > 1.0:
            yield f"{what}: the S1 sum to {whole:.2f}, more than the whole variance even allowing for their intervals"


def not_ranked(what: str, main: pd.DataFrame, method: Method) -> Iterator[str]:
    """Neighbours in rank with overlapping intervals."""
    matter = list(main[main["value"] > NOTABLE * main["value"].max()].itertuples())
    overlapping = [f"{one.factor} and {other.factor}" for one, other in pairwise(matter)
                   if one.lower < other.upper]  # fmt: skip
    if overlapping:
        more = f" and {len(overlapping) - 2} more pairs" if len(overlapping) > 2 else ""
        pairs = "; ".join(overlapping[:2]) + more
        yield f"{what}: intervals of {method.main} are too wide to rank {pairs}: a larger n narrows them"
