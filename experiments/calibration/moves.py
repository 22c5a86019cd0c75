"""Draws moved to where, by a regression on runs of the model itself, it would show what is known.

Iterated approximate Bayesian computation with regression (Beaumont et al. 2002, doi:10.1093/genetics/162.4.2025; Blum &
François 2010, doi:10.1007/s11222-009-9116-0): emulators err, most where many values are narrow at once; at the draws
themselves the model does not.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from supportnet.experiments.calibration.emulator import probits

Doubles = NDArray[np.float64]
FEWEST = 3  # draws with every value, to tell a slope
PENALTIES = np.logspace(-1, 4, 20)  # of the regression, the best of which is chosen by leaving draws out


def differences(even: Doubles, edge: float, errors: Doubles, rng: np.random.Generator) -> Doubles:
    """(draws, targets) How far values are from where they ought to be; 0 where there is no value.

    That is anywhere in a range that they are outside of, or a published estimate with a new draw of its error.
    errors: (targets,) of estimates, NaN where evidence is a range.
    """
    published = even + np.nan_to_num(errors) * rng.standard_normal(even.shape)
    inside = np.abs(even) <= edge
    anywhere = np.where(inside, even, rng.uniform(-edge, edge, even.shape))
    off = np.where(np.isnan(errors), even - anywhere, published)
    return np.nan_to_num(off)


def move_draws(units: Doubles, even: Doubles, edge: float, errors: Doubles, seed: int) -> Doubles:
    """(draws, dims) Places of the unit cube to which these move, by what the model shows at each (draws, targets).

    They stay where hardly any draw shows every value.
    """
    from sklearn.linear_model import RidgeCV

    z, off = probits(units), differences(even, edge, errors, np.random.default_rng(seed))
    whole = np.isfinite(even).all(axis=1)
    if whole.sum() < FEWEST:
        return units
    line = RidgeCV(PENALTIES).fit(off[whole], z[whole])
    return np.asarray(ndtr(z - off @ np.atleast_2d(line.coef_).T))
