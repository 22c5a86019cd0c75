"""The posterior that ships: of this model, small, with every preset, and honest about what no pattern tells."""

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.patterns.table import PRESETS, patterns
from supportnet.experiments.posterior import posterior
from supportnet.experiments.posterior.posterior import Posterior, model_changes, read_draws, shipped_draws_path
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.enums import Process
from supportnet.sim.model_identity import meanings
from supportnet.sim.parameters import numbers

UNTOLD = ("recover.reciprocity_weight", "recover.expertise_weight")  # by any pattern


pytestmark = pytest.mark.skipif(shipped_draws_path() is None, reason="no posterior of this model is shipped")


@pytest.fixture(scope="module")
def draws() -> Posterior:
    return read_draws()


def test_it_is_of_this_model__and_knows_every_preset(draws: Posterior) -> None:
    assert model_changes(draws.metadata) == []
    assert set(draws.presets) == set(PRESETS)
    place = shipped_draws_path()
    assert place is not None
    assert place.stat().st_size < 500_000


def test_a_changed_kernel__is_named_alone(draws: Posterior, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not files that were refactored since the fit, and are on record as doing the same."""
    now = {**meanings("model"), "sim/kernels/strain.py": "changed"}
    monkeypatch.setattr(posterior, "meanings", lambda part: now)
    monkeypatch.setattr(posterior, "model_identity", lambda: "another")
    assert model_changes(draws.metadata) == ["code: sim/kernels/strain.py"]


def test_it_was_fitted_to_calibrate_rows_only(draws: Posterior) -> None:
    allowed = {one.number for one in patterns().values() if one.use == "calibrate"}
    assert set(draws.metadata["patterns"]) == allowed


def test_its_numbers_are_those_of_the_study_and_in_range(draws: Posterior) -> None:
    assert set(draws.values) == set(StudyDefinition.load("calibration").factor_names)
    for name, about in numbers().items():
        if name in draws.values:
            assert draws.values[name].between(about.low, about.high).all(), name
    assert {f"recover.base.{process}" for process in Process.words()} < set(draws.values)
    assert len(draws.values) >= 100
    assert draws.weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("name", UNTOLD)
def test_what_no_pattern_tells__keeps_its_whole_range(draws: Posterior, name: str) -> None:
    low, high = numbers()[name].low, numbers()[name].high
    shares = pd.Series((draws.values[name] - low) / (high - low))
    assert shares.std() > 0.85 * np.sqrt(1 / 12), "as wide as an even spread, within what so many draws can tell"
    assert shares.quantile(0.05) < 0.2
    assert shares.quantile(0.95) > 0.8
