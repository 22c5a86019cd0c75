"""Discounting by time: an amount at t years is worth (1 + r)^−t at the start; what flows through a year, as if it came
in the middle of the year."""

import numpy as np

from supportnet.experiments.economics.samples import Doubles


def discount_factors(rate: float, times: Doubles | float) -> Doubles:
    """Present value of one unit at each of these times, in years."""
    return np.asarray((1.0 + rate) ** -np.asarray(times, np.float64))


def annuity(rate: float, years: int) -> float:
    """Present value of one unit a year over so many years: (1 − (1 + r)^−n) / r at their ends (Drummond et al. 2015,
    Methods for the Economic Evaluation of Health Care Programmes, 4th ed., ch. 7), times (1 + r)^½ in their middles."""
    return float(discount_factors(rate, np.arange(0.5, years)).sum())
