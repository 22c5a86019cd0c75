"""Monte Carlo noise removed: variance between posterior draws, without that of the replicates that used
them.

Monte Carlo noise is not uncertainty about the world: more replicates would remove it. The covariance between draws,
each simulated LIVES times, is that of parameters and part of the noise; the part of noise is estimated from the
covariance within draws (analysis of variance), and draws are moved together until they vary as parameters alone do.
This is the Gaussian approximation of Jalal & Alarid-Escudero (2018, doi:10.1177/0272989X17715627) with shares from
replicates instead of from sample sizes.
"""

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.posterior.propagation import LIVES

Doubles = NDArray[np.float64]
LEAST = 1e-12  # of the largest variance: what varies less does not vary


def means_without_noise(values: Doubles) -> Doubles:
    """(…, draws, quantities) from (…, replicates, quantities), the LIVES of a draw one after the other: means of draws
    whose covariance is that of parameters alone, or zero if noise explains all of it."""
    lives = values.reshape(*values.shape[:-2], -1, LIVES, values.shape[-1])
    each = lives.mean(axis=-2)
    mean = each.mean(axis=-2, keepdims=True)
    away, own, n = each - mean, lives - each[..., None, :], each.shape[-2]
    between = np.einsum("...dq,...dp->...qp", away, away) / (n - 1)
    noise = np.einsum("...dlq,...dlp->...qp", own, own) / (n * (LIVES - 1)) / LIVES
    to_one, back = _units_of(between)
    share, turn = np.linalg.eigh(np.swapaxes(to_one, -1, -2) @ noise @ to_one)  # of luck, along each axis
    kept = (turn * np.sqrt(np.clip(1.0 - share, 0.0, 1.0))[..., None, :]) @ np.swapaxes(turn, -1, -2)
    return np.asarray(mean + away @ to_one @ kept @ np.swapaxes(back, -1, -2))


def _units_of(covariance: Doubles) -> tuple[Doubles, Doubles]:
    """Axes along which a quantity with this covariance varies by 1, independently; and the way back."""
    size, axes = np.linalg.eigh(covariance)
    varying = size > LEAST * size[..., -1:]
    scale = np.sqrt(np.where(varying, size, 1.0))[..., None, :]
    return np.where(varying[..., None, :], axes / scale, 0.0), np.where(varying[..., None, :], axes * scale, 0.0)
