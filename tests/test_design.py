"""Designs and distributions of studies."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from numpy.typing import NDArray

from supportnet.experiments.study.design import n_points, points, unit_points
from supportnet.experiments.study.study import StudyDefinition
from tests.studies import study

NAME = "bond.trust_gain"  # from .02 to .3


def spread(folder: Path, said: str, n: int = 4096) -> NDArray[Any]:
    """Values of one factor over a Sobol' sequence."""
    body = f'[design]\nkind = "sobol_sequence"\nn = {n}\n[factors."{NAME}"]\n{said}\n'
    return points(study(folder, body))[NAME]


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("", scipy.stats.uniform(0.02, 0.28)),
        ('distribution = "log-uniform"', scipy.stats.loguniform(0.02, 0.3)),
        ('distribution = "triangular"\nmode = 0.1', scipy.stats.triang((0.1 - 0.02) / 0.28, 0.02, 0.28)),
        ('distribution = "normal"\nmean = 0.1\nsd = 0.05', scipy.stats.truncnorm(-1.6, 4.0, 0.1, 0.05)),
        ('distribution = "beta"\na = 2\nb = 5', scipy.stats.beta(2, 5, 0.02, 0.28)),
    ],
)
def test_distributions__are_those_of_scipy(tmp_path: Path, said: str, same: Any) -> None:
    """A Sobol' sequence of 4,096 points is much more even than luck: Kolmogorov's distance is below .005 (a normal
    distribution with another mean, or one that is not cut, is far above it)."""
    values = spread(tmp_path, said)
    assert scipy.stats.kstest(values, same.cdf).statistic < 0.005
    assert scipy.stats.kstest(values + 0.01, same.cdf).statistic > 0.02
    assert 0.02 <= values.min() <= values.max() <= 0.3


def test_integers_and_choices__are_equally_often(tmp_path: Path) -> None:
    body = (
        '[design]\nkind = "sobol_sequence"\nn = 1024\n[factors."population.patients"]\nlow = 10\nhigh = 13\n'
        '[factors."programmes.befriending.target"]\nvalues = ["all", "few_ties"]\n'
    )
    drawn = points(study(tmp_path, body))
    values, counts = np.unique(drawn["population.patients"], return_counts=True)
    assert values.tolist() == [10, 11, 12, 13]
    assert (counts == 256).all()
    assert np.unique(drawn["programmes.befriending.target"].astype(str), return_counts=True)[1].tolist() == [512, 512]


def test_a_factorial__has_every_combination_once(tmp_path: Path) -> None:
    body = (
        '[design]\nkind = "factorial"\nlevels = 3\n[factors."services.caseload"]\nlow = 10\nhigh = 40\n'
        '[factors."mechanisms.trust"]\n[factors."population.patients"]\nlow = 10\nhigh = 20\nlevels = 2\n'
    )
    drawn = points(study(tmp_path, body))
    rows = set(zip(*(column.tolist() for column in drawn.values()), strict=True))
    assert rows == {(load, trust, size) for load in (10, 25, 40) for trust in (True, False) for size in (10, 20)}
    assert len(drawn["mechanisms.trust"]) == 12


FACTORS = "".join(f'[factors."bond.{name}"]\n' for name in ("trust_gain", "pull", "skill_gain", "fading"))


def designed(folder: Path, kind: str, n: int, more: str = "", factors: str = FACTORS) -> StudyDefinition:
    return study(folder, f'[design]\nkind = "{kind}"\nn = {n}\n{more}{factors}')


@pytest.mark.parametrize(
    ("kind", "n", "more", "count"),
    [
        ("latin", 10, "", 10),
        ("sobol_sequence", 10, "", 10),
        ("morris", 5, "", 5 * 5),
        ("sobol", 8, "", 8 * 6),
        ("sobol", 8, "second_order = true\n", 8 * 10),
        ("fast", 65, "", 65 * 4),
        ("dgsm", 8, "", 8 * 5),
    ],
)
def test_designs__have_the_points_that_were_counted_beforehand(
    tmp_path: Path, kind: str, n: int, more: str, count: int
) -> None:
    read = designed(tmp_path, kind, n, more)
    unit = unit_points(read)
    assert unit.shape == (count, 4) == (n_points(read), 4)
    assert 0.0 <= unit.min() <= unit.max() <= 1.0
    assert (unit_points(read) == unit).all(), "the same seed, the same points"
    assert (unit_points(designed(tmp_path, kind, n, more + "seed = 2\n")) != unit).any()


@pytest.mark.parametrize("kind", ["sobol_sequence", "morris", "sobol"])
def test_samples__that_grow_keep_the_points_they_had(tmp_path: Path, kind: str) -> None:
    few, many = (unit_points(designed(tmp_path, kind, n)) for n in (8, 16))
    assert (many[: len(few)] == few).all()


def test_groups__are_moved_together(tmp_path: Path) -> None:
    grouped = FACTORS.replace('pull"]\n', 'pull"]\ngroup = "slow"\n').replace('gain"]\n', 'gain"]\ngroup = "slow"\n')
    read = designed(tmp_path, "morris", 6, factors=grouped)
    assert read.groups == ("slow", "bond.fading")
    moved = np.diff(unit_points(read).reshape(6, 3, 4), axis=1) != 0
    assert moved[:, :, :3].all(axis=2).sum() == moved[:, :, :3].any(axis=2).sum() == 6
    assert n_points(designed(tmp_path, "sobol", 4, factors=grouped)) == 4 * (2 + 2)
