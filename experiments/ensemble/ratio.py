"""The ratio of two means over the same replicates."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from supportnet.experiments.ensemble.estimates import Doubles, Which, mean_of


class Ratio(NamedTuple):
    """A ratio of means, with its 95 % interval; NaN where it is not known."""

    value: float
    lower: float
    upper: float


def ratio_of(parts: Doubles, wholes: Doubles, draws: Which | None = None) -> Ratio:
    """Mean of parts over mean of wholes, (replicates,) each.

    The interval is Fieller's (1954, J R Stat Soc B 16: 175-185): every r for which the interval of the mean of
    parts - r wholes contains 0. It has ends where that of wholes does not contain 0.
    """
    complete = np.isfinite(parts) & np.isfinite(wholes)
    parts, wholes, draws = parts[complete], wholes[complete], None if draws is None else draws[complete]
    whole = mean_of(wholes[:, None], draws)
    if not (whole.lower[0] > 0.0 or whole.upper[0] < 0.0):
        return Ratio(np.nan, np.nan, np.nan)
    value, sign = float(mean_of(parts[:, None], draws).mean[0] / whole.mean[0]), np.sign(whole.mean[0])

    def end(name: str, way: float) -> float:
        """The r, below or above the ratio, where this end of the interval of the mean of parts - r wholes is 0."""

        def at(r: float) -> float:
            return way * float(getattr(mean_of(sign * (parts - r * wholes)[:, None], draws), name)[0])

        here, step = at(value), way
        if not here > 0.0:  # the ratio does not vary
            return value
        while at(value + step) > 0.0:
            step *= 2.0
        return float(brentq(at, value, value + step))

    return Ratio(value, end("lower", -1.0), end("upper", 1.0))
