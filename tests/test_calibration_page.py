"""The page of what the calibration that ships found: made from its tables, and of the posterior that ships."""

import json

import numpy as np
import pandas as pd
import pytest

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.outputs.calibration import EFFECTS
from supportnet.analysis.results.left_out import read_effects
from supportnet.experiments.posterior.posterior import read_draws, shipped_draws_path
from supportnet.experiments.randomised.evidence import shipped_evidence
from tools.calibration_page import KEPT, PAGE, page, taught_rows, trials_rows

shipped = pytest.mark.skipif(not KEPT.exists(), reason="no calibration is kept")


def test_what_trials_taught__is_what_moved_further_than_chance_would_the_largest_first() -> None:
    numbers = pd.DataFrame({
        "number": ["near", "down", "up"], "mean": [1.0, 2.0, 3.0], "lower": [0.02, 1.02, 2.02],
        "upper": [1.98, 2.98, 3.98], "trials_mean": [1.1, 1.2, 3.5], "trials_lower": 0.0, "trials_upper": 4.0,
    })  # fmt: skip
    rows = [line for line in taught_rows(numbers, least=0.3).splitlines() if "`" in line]
    assert [row.split("`")[1] for row in rows] == ["down", "up"]
    assert [row.split(" | ")[-1].strip(" |") for row in rows] == ["-1.60", "+1.00"]
    assert taught_rows(numbers, least=2.0) == "None.\n"


@pytest.mark.parametrize(("after", "is_bold"), [(0.3, True), (0.6, False)])
def test_an_effect__is_bold_where_it_is_within_what_was_published(after: float, is_bold: bool) -> None:
    row = {
        "programme": "self_help", "outcome": "hope", "week": 26, "unit": "SMD", "published": 0.2, "error": 0.1,
        "before_lower": 0.0, "before": 0.1, "before_upper": 0.2, "after_lower": 0.1, "after": after,
        "after_upper": 0.9, "source": "somebody",
    }  # fmt: skip
    line = trials_rows(pd.DataFrame([row])).splitlines()[-1]
    assert line.startswith("| self help | hope | 26 | SMD | 0.20 ± 0.10 |")
    assert (f"**{after} (0.1 to 0.9)**" in line) == is_bold


@shipped
def test_the_page__is_that_of_the_tables() -> None:
    assert PAGE.read_text("utf-8") == page(KEPT), "run: python -m tools.calibration_page"


@shipped
def test_the_tables__are_of_the_posteriors_that_ship() -> None:
    place, about = shipped_draws_path(), json.loads((KEPT / PROVENANCE).read_text("utf-8"))
    assert place is not None
    draws = read_draws("natural-history")
    assert len(draws.values) == about["draws"]
    assert draws.metadata["commit"] == about["commit"]
    numbers = pd.read_csv(KEPT / "numbers.csv").set_index("number")
    for name in draws.values.columns.intersection(numbers.index):
        assert draws.values[name].mean() == pytest.approx(numbers.loc[name, "mean"], rel=1e-6), name
    trials, evidence = pd.read_csv(KEPT / "trials.csv"), shipped_evidence()
    np.testing.assert_allclose(trials["published"], [one.estimate for one in evidence.effects])
    effects = read_effects(place.with_name(EFFECTS), evidence)
    np.testing.assert_allclose(trials["before"], np.median(effects, axis=0), atol=0.02)
