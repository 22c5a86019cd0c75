"""How true sensitivity indices are over 200 repetitions: bias, and how often intervals contain the truth."""

import pytest

from tests.coverage import DESIGNS, repeated
from tests.known_functions import FUNCTIONS

pytestmark = pytest.mark.slow
BIAS = {"sobol": 0.015, "fast": 0.06, "rbd-fast": 0.03}  # FAST's own, on Ishigami's second factor, is .05


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("method", DESIGNS)
@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_corrected_indices__are_unbiased_and_their_intervals_honest(method: str, function: str, noise: float) -> None:
    """Bootstrap intervals of an index with rare large terms (S1 of Ishigami's third factor) cover 84 %, not 95 %; the
    others cover more. Without the correction, noise takes its share of ST's distance to 1 (docs/sensitivity.md)."""
    found = repeated(method, function, noise)
    assert (found["corrected_mean"] - found["truth"]).abs().max() < BIAS[method]
    covered = found["corrected_coverage"].dropna()
    assert len(covered) == 0 if method == "fast" else covered.min() >= 0.78
    assert len(covered) == 0 if method == "fast" else covered.mean() >= 0.93
    if noise and method == "sobol":
        uncorrected = found[found["index"] == "ST"]
        expected = uncorrected["truth"] * (1 - noise) + noise
        assert (uncorrected["value_mean"] - expected).abs().max() < 0.03
