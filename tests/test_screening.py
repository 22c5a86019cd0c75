"""The screening of all numbers: tables of outcomes that are known, and the page in the repository."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.runs.plan import plan_of
from supportnet.experiments.study.design import unit_points
from tests.studies import study
from tools import screening
from tools.screening_page import CELLS, EFFECT, SHOWN, STANDS_OUT, noise_ratios, page

Tables = tuple[pd.DataFrame, pd.DataFrame]
ALWAYS, IN_PROGRAMMES, NOTHING = "services.caseload", "services.boundary_openness", "services.shared_decisions"
BODY = f"""
[design]
kind = "morris"
n = 40
[factors."{ALWAYS}"]
low = 10
high = 40
[factors."{IN_PROGRAMMES}"]
[factors."{NOTHING}"]
"""
SHARED, OWN = 0.3, 0.05  # SD of noise that both scenarios have, and of each


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """Of a plane in two scenarios: the first number acts in both, the second in one, the third in none."""
    plan, random = plan_of(study(tmp_path, BODY)), np.random.default_rng(1)
    shape = (plan.n_points, plan.replicates)
    shared = random.normal(0.0, SHARED, shape)
    outcomes = {}
    for scenario, slopes in (("today", [3.0, 0.0, 0.0]), ("ten-programmes", [3.0, -2.0, 0.0])):
        plane = (unit_points(plan.study) @ slopes)[:, None]
        outcomes |= {(scenario, name): plane + shared + random.normal(0.0, OWN, shape) for name in SHOWN}
    return screening.screening_tables(plan, outcomes)


def test_mu_star__is_the_slope__and_in_the_effect_what_both_scenarios_share_cancels(tables: Tables) -> None:
    mu_star = tables[0].set_index("number")
    assert mu_star.loc[ALWAYS, ["low", "high"]].tolist() == [10.0, 40.0]
    assert mu_star.loc[ALWAYS, "today.qpr"] == pytest.approx(3.0, abs=0.2)
    assert mu_star.loc[IN_PROGRAMMES, "ten-programmes.qpr"] == pytest.approx(2.0, abs=0.2)
    assert mu_star.loc[IN_PROGRAMMES, f"{EFFECT}.qpr"] == pytest.approx(2.0, abs=0.05)
    assert mu_star.loc[ALWAYS, f"{EFFECT}.qpr"] < 0.15
    assert (mu_star["today.qpr.lower"] <= mu_star["today.qpr"]).all()
    assert (mu_star["today.qpr.upper"] >= mu_star["today.qpr"]).all()


def test_noise__is_that_of_an_elementary_effect(tables: Tables) -> None:
    """Two points, 2/3 of the range apart, each a mean of two replicates; μ* of noise is √(2/π) of its SD."""
    noise = tables[1].set_index(["cell", "outcome"])["noise_mu_star"]
    step, mean_of_two = np.sqrt(2.0) / (2.0 / 3.0), np.sqrt(0.5)
    alone, effect = np.hypot(SHARED, OWN), np.sqrt(2.0) * OWN
    assert noise["today", "qpr"] == pytest.approx(np.sqrt(2 / np.pi) * step * mean_of_two * alone, rel=0.2)
    assert noise[EFFECT, "qpr"] == pytest.approx(np.sqrt(2 / np.pi) * step * mean_of_two * effect, rel=0.2)


def test_page__tells_what_stands_out_from_what_does_not(tables: Tables) -> None:
    text = page(*tables)
    strong, rest = text.split("that stand out in none")
    assert "The 2 numbers that stand out" in strong
    assert "The 1 " in strong[-20:]
    assert f"`{NOTHING}`" in rest
    (line,) = [one for one in strong.splitlines() if one.startswith(f"| `{ALWAYS}`")]
    assert re.fullmatch(r"[\d.]+ / [\d.]+ / –", line.split(" | ")[3])
    assert "40 trajectories" in text


def test_page_and_tables__are_of_one_another() -> None:
    mu_star, noise = screening.read_tables(screening.TABLES)
    written = (screening.DOCS / "screening.md").read_text(encoding="utf-8")
    assert written == page(mu_star, noise), "run: python -m tools.screening"
    assert len(noise) == len(CELLS) * len(SHOWN)
    assert mu_star["number"].is_unique
    listed = set(re.findall(r"^\| `([\w.]+)`", written, re.MULTILINE))
    largest = noise_ratios(mu_star, noise).max(axis=1)
    assert listed == set(largest.index[largest > STANDS_OUT])


def test_picture__is_drawn(tables: Tables, tmp_path: Path) -> None:
    screening.save_picture(*tables, tmp_path, screening.FOOT)
    assert [path.name for path in tmp_path.glob("screening.*")] == ["screening.png"]
