"""Whether two scenarios are about the same people, and where that is said."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supportnet.analysis.wording.caveats import compare_cautions, explain_cautions
from supportnet.analysis.wording.formatting import shared_randomness
from supportnet.experiments.comparison.attribution import Attribution, AttributionPlan
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.comparison.same_people import people_differ
from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.network_file.format import to_parquet
from supportnet.sim.scenario.scenario import Scenario
from tests.ensembles import run
from tests.small import small

DRAWS = Posterior(pd.DataFrame({"bond.trust_gain": [0.1, 0.13]}), pd.Series([0.5, 0.5]).to_numpy(), {})


def interviewed(path: Path, roles: str = "friend", about: str = "", **columns: object) -> Scenario:
    """A scenario of two interviews."""
    rows = pd.DataFrame({"patient": ["a", "b"], "supporter": ["s", "t"], "role": roles, **columns})
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(to_parquet(rows, {"supportnet_source": about} if about else {}))
    return small(population__networks=str(path), population__patients=20, weeks=1)


@pytest.mark.parametrize(
    "values",
    [
        {"services__caseload": 10},
        {"programmes__befriending__coverage": 0.5},
        {"costs__post": 1.0},
        {"parameters": {"thresholds.few_ties": 4}},
        {"parameters": {"bond.trust_gain": 0.12}},  # as it is
        {"weeks": 9},
    ],
)
def test_people__stay_the_same_under_other_levers_prices_and_measures(values: dict[str, object]) -> None:
    assert people_differ(small(), small(**values)) == ""


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"population__patients": 61}, "patients 60 → 61"),
        ({"population__preset": "affective"}, "preset psychosis → affective"),
        ({"bond__trust_gain": 0.13}, "bond.trust_gain 0.12 → 0.13"),
        ({"people__size": 9.0}, "people.size"),
    ],
)
def test_people__differ_where_who_they_are_was_changed(values: dict[str, object], why: str) -> None:
    assert why in people_differ(small(), small(**values))
    assert people_differ(small(**values), small()) != ""


def test_people__are_the_interviewed__whatever_the_path_and_the_names(tmp_path: Path) -> None:
    here = interviewed(tmp_path / "a" / "networks.parquet", strength=[0.5, None])
    assert people_differ(here, here) == ""
    assert people_differ(here, interviewed(tmp_path / "b" / "copy.parquet", strength=[0.5, None])) == ""
    assert people_differ(here, interviewed(tmp_path / "c.parquet", about="elsewhere", strength=[0.5, None])) == ""
    assert people_differ(here, interviewed(tmp_path / "d.parquet", strength=[0.5, 0.6])) == "networks from other data"
    assert people_differ(here, interviewed(tmp_path / "e.parquet", "family", strength=[0.5, None])) != ""
    linked = interviewed(tmp_path / "f" / "networks.parquet", strength=[0.5, None])
    nobody = pd.DataFrame({"patient": [], "supporter_a": [], "supporter_b": []}, dtype=object)
    nobody.to_parquet(tmp_path / "f" / "alter_ties.parquet")
    assert people_differ(here, linked) == "networks from other data", "who of the supporters know each other"
    assert people_differ(here, here.with_values({"population.patients": 4})) == "patients 20 → 4"
    drawn = small(population__patients=20, weeks=1)
    assert people_differ(drawn, here) == people_differ(here, drawn) == "networks from data in one, drawn in the other"


def test_people__differ_where_draws_move_a_number_in_one_world_only() -> None:
    fixed = small(parameters={"bond.trust_gain": 0.12})
    assert people_differ(small(), fixed) == ""
    assert people_differ(small(), fixed, DRAWS).startswith("bond.trust_gain: fixed in one, drawn")
    assert people_differ(fixed, fixed, DRAWS) == ""


@pytest.mark.parametrize("values", [{"bond.trust_gain": 0.13}, {"population.patients": 20}], ids=["number", "size"])
def test_other_people__are_never_called_the_same(values: dict[str, object]) -> None:
    lived = run(small(weeks=1), 5)
    scenarios = lived.scenario, replace(lived.scenario.with_values(values), name="other")
    plan = ComparisonPlan(scenarios, lived.plan.sampling)
    found = EnsembleComparison(plan, (lived, replace(lived, plan=plan.runs[1])))
    assert (found.same_people, found.for_whom) == (False, None)
    assert "the same people" not in shared_randomness(found)
    said = f"other has different people from today ({people_differ(*scenarios)})"
    assert any(said in one for one in compare_cautions(found))
    explained = Attribution(AttributionPlan(scenarios, Sampling([0])), np.zeros((128, 2, 1, len(NAMES))))
    assert any(said in one for one in explain_cautions(explained, "recovery"))
