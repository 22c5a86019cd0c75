"""A small posterior of the present model for tests, whether or not one is shipped."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.patterns.table import PRESETS
from supportnet.experiments.posterior import posterior

N = 20
STEPS = {"bond.trust_gain": 7, "pace.medium": 3}  # the first few draws are far apart
RANGES = {"bond.trust_gain": (0.02, 0.3), "pace.medium": (0.01, 0.1)}
DRAWS = pd.DataFrame({name: np.linspace(*RANGES[name], N)[np.arange(N) * step % N] for name, step in STEPS.items()})


def few_draws(folder: Path) -> Path:
    """A file of few draws in this folder, which holds for every preset."""
    path = folder / posterior.SHIPPED
    posterior.write_draws(path, DRAWS, {"presets": [*PRESETS]})
    return path


def ship_few_draws(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """The same, in place of the shipped posterior: every command uses it without being asked to."""
    place = folder / "evidence"
    place.mkdir()
    monkeypatch.setattr(posterior, "files", lambda package: folder)
    return few_draws(place)
