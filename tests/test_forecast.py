"""The forecast of a trial that has no published result: how it is worked out, and that it stays as it was."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from supportnet.experiments.calibration.discrepancy import LOGIT, as_benefits
from supportnet.experiments.calibration.left_out import Prediction
from supportnet.experiments.randomised.evidence import shipped_evidence
from tools.forecast import PLACE, SOUGHT, STUDY, ends_of, log_hazard_ratio

PAGE = Path(__file__).parent.parent / "docs" / "forecasts.md"


def test_hazards__are_compared_by_who_is_left_without_the_event() -> None:
    """Constant hazards of .01 and .02 a week, over 104 weeks, in many people."""
    n, luck = 400_000, np.random.default_rng(1)
    treated = np.arange(n) % 2 == 0
    time = luck.exponential(1.0 / np.where(treated, 0.01, 0.02))
    seen = (time < 104).astype(np.float64)
    seen[luck.random(n) < 0.2] = np.nan  # lost
    assert log_hazard_ratio(seen, treated) == pytest.approx(np.log(0.5), abs=0.03)
    assert log_hazard_ratio(np.zeros(8), np.arange(8) % 2 == 0) == pytest.approx(0.0), "where nothing happens"


def test_predicted_benefits__are_told_as_trials_publish_them() -> None:
    """What is better if less of it falls by a benefit; a ratio is below 1 then."""
    effects = np.array([[one.estimate for one in SOUGHT]]) + 0.2
    for effect, benefit in zip(SOUGHT, as_benefits(SOUGHT, effects)[0], strict=True):
        told = ends_of(effect, Prediction(np.full(9, benefit)), "model")
        assert told["model_median"] == pytest.approx(np.exp(0.2) if effect.is_ratio else 0.2, abs=1e-3)
        assert told["model_lower90"] == told["model_upper90"]
    relapse = SOUGHT[0]
    sample = Prediction(np.linspace(-1.0, 1.0, 2001))
    told = ends_of(relapse, sample, "model")
    assert told["model_lower90"] == pytest.approx(np.exp(-0.9 * LOGIT), abs=1e-3)
    assert told["model_lower90"] < told["model_lower50"] < told["model_median"] == 1.0


def test_no_trial_of_it__is_among_the_evidence() -> None:
    assert STUDY.programme not in shipped_evidence().programmes


@pytest.mark.skipif(not PLACE.exists(), reason="no forecast is on record")
def test_a_forecast_on_record__stays_as_it_was() -> None:
    """One that is made again stands beside it, with its own date."""
    digest = hashlib.sha256(PLACE.read_bytes()).hexdigest()
    assert digest[:16] in PAGE.read_text("utf-8")
