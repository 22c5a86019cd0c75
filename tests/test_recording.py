"""People and ties as tables: columns to the letter, and the same world as outcomes are read from."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.ensemble.ensemble import Ensemble
from supportnet.experiments.ensemble.recording import supporter_ties_table, ties_table
from supportnet.sim.area.population import tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Mechanism, Role
from supportnet.sim.network_file.reader import read_networks
from tests.ensembles import run
from tests.small import PATIENTS, WEEKS, small

# columns by the names that users read; new ones are added at the end
PEOPLE = [
    "scenario", "replicate", "week", "patient", "recovery", "connectedness", "hope", "identity", "meaning",
    "empowerment", "qpr", "distress", "withdrawal", "phq9", "gad7", "in_crisis", "relapses", "admissions",
    "network_size", "n_professional", "n_peer", "n_friend", "n_family", "strongest_tie", "loneliness",
    "contacts_professional", "contacts_peer", "contacts_friend", "contacts_family", "alliance", "programmes",
    "sessions_attended", "engaged", "recovered_personal", "recovered_clinical",
]  # fmt: skip
TIES = [
    "scenario", "replicate", "week", "patient", "supporter", "role", "origin", "strength", "trust",
    "reciprocity", "expertise", "friction", "age_weeks", "weeks_since_contact", "ruptured", "presence",
    "trust_felt", "communication", "emotional_support", "problem_focused_support", "influence",
    "transcending_role",
]  # fmt: skip
SUPPORTER_TIES = ["scenario", "replicate", "week", "patient", "supporter_a", "supporter_b"]
FUNCTIONS = [
    "emotional_support", "companionship", "instrumental_support", "informational_support", "validation",
    "presence", "communication", "influence", "trust", "problem_focused_support", "reciprocity",
    "power_balance",
]  # fmt: skip


@pytest.fixture(scope="module")
def results() -> Ensemble:
    """Two replicates of an area with two programmes."""
    scenario = small(
        "befriending",
        programmes__befriending__coverage=0.8,
        programmes__open_dialogue__coverage=0.8,
        population__patients=200,
    )
    return run(scenario, 2, record=["people", "ties"], every=13)


@pytest.fixture(scope="module")
def people(results: Ensemble) -> pd.DataFrame:
    assert results.people is not None
    return results.people


@pytest.fixture(scope="module")
def ties(results: Ensemble) -> pd.DataFrame:
    assert results.ties is not None
    return results.ties


@pytest.fixture(scope="module")
def supporter_ties(results: Ensemble) -> pd.DataFrame:
    assert results.supporter_ties is not None
    return results.supporter_ties


def by_week(results: Ensemble) -> pd.DataFrame:
    """One row a replicate and week, one column an outcome."""
    index = ["replicate", "week"]
    return results.trajectories.pivot_table(index=index, columns="outcome", values="value", observed=True)


def test_columns__are_those_of_the_interface(
    people: pd.DataFrame, ties: pd.DataFrame, supporter_ties: pd.DataFrame
) -> None:
    sides = [f"{function}_{side}" for function in FUNCTIONS for side in ("patient", "supporter")]
    assert list(people) == PEOPLE
    assert list(ties) == [*TIES, *sides, "alliance_patient", "alliance_supporter"]
    assert list(supporter_ties) == SUPPORTER_TIES


def test_means_over_people__are_the_outcomes(results: Ensemble, people: pd.DataFrame) -> None:
    found = results.trajectories.pivot_table(
        index=["replicate", "week"], columns="outcome", values="value", observed=True
    )
    means = people.drop(columns=["scenario", "programmes"]).groupby(["replicate", "week"]).mean()
    outcomes = {
        "recovery": "recovery", "hope": "hope", "qpr": "qpr", "distress": "distress", "withdrawal": "withdrawal",
        "phq9": "phq9", "gad7": "gad7", "network_size": "network_size", "n_professional": "n_professional",
        "n_peer": "n_peer", "n_friend": "n_friend", "n_family": "n_family", "strongest_tie": "strongest_tie",
        "loneliness": "loneliness", "engaged": "engagement", "recovered_personal": "share_recovered_personal",
        "recovered_clinical": "share_recovered_clinical",
    }  # fmt: skip
    for column, outcome in outcomes.items():
        np.testing.assert_allclose(means[column], found.loc[means.index, outcome], atol=1e-6, err_msg=column)
    years = means.index.get_level_values("week") / 52.0
    np.testing.assert_allclose(means["relapses"] / years, found.loc[means.index, "relapses"])
    np.testing.assert_allclose(means["admissions"] / years, found.loc[means.index, "admissions"])


def test_means_over_ties__are_the_outcomes(results: Ensemble, ties: pd.DataFrame) -> None:
    found = results.trajectories.pivot_table(
        index=["replicate", "week"], columns="outcome", values="value", observed=True
    )
    alliance = ties[ties["role"] == "professional"].groupby(["replicate", "week"])["trust"].mean()
    np.testing.assert_allclose(alliance, found.loc[alliance.index, "alliance"], atol=1e-6)
    reciprocal = (ties["reciprocity"] >= 0.4).groupby([ties["replicate"], ties["week"]]).mean()
    np.testing.assert_allclose(reciprocal, found.loc[reciprocal.index, "share_reciprocal"])


def test_pairs__are_of_one_persons_supporters__each_once__and_as_many_as_the_outcome(
    results: Ensemble, ties: pd.DataFrame, supporter_ties: pd.DataFrame
) -> None:
    key = ["replicate", "week", "patient"]
    row = pd.Series(np.arange(len(ties)), pd.MultiIndex.from_frame(ties[[*key, "supporter"]]))
    of_a, of_b = (row[pd.MultiIndex.from_frame(supporter_ties[[*key, end]])] for end in ("supporter_a", "supporter_b"))
    assert (of_a.to_numpy() < of_b.to_numpy()).all()
    assert not supporter_ties.duplicated([*key, "supporter_a", "supporter_b"]).any()
    outcome = by_week(results)["supporter_ties"]
    counted = supporter_ties.groupby(["replicate", "week"]).size() / 200
    np.testing.assert_allclose(counted, outcome.loc[counted.index])


def test_a_recorded_week__can_be_read_as_a_network_file(tmp_path: Path) -> None:
    simulation = Simulation(small(), record=True)
    simulation.advance(10)
    numbers = ["strength", "trust", "reciprocity", "expertise", "friction"]
    ties = ties_table(simulation)[["patient", "supporter", "role", *numbers]]
    pairs = supporter_ties_table(simulation)[["patient", "supporter_a", "supporter_b"]]
    ties.astype({"patient": str}).to_parquet(tmp_path / "networks.parquet")
    pairs.astype({"patient": str}).to_parquet(tmp_path / "alter_ties.parquet")
    networks = read_networks(tmp_path / "networks.parquet")
    world = simulation.area.world
    alive = world.ties[tie_rows(world.people)]
    assert networks.knows_given.all()
    assert alive.knows.any()
    np.testing.assert_array_equal(networks.knows, alive.knows)
    for name in (*numbers, "role"):
        np.testing.assert_array_equal(getattr(networks, name), alive[name])


def test_people__have_the_ties_that_the_other_table_shows(people: pd.DataFrame, ties: pd.DataFrame) -> None:
    key = ["replicate", "week", "patient"]
    counted = ties.groupby(key).size().reindex(people.set_index(key).index, fill_value=0)
    assert (counted.to_numpy() == people["network_size"].to_numpy()).all()
    for role in Role.words():
        of_role = ties[ties["role"] == role].groupby(key).size().reindex(counted.index, fill_value=0)
        assert (of_role.to_numpy() == people[f"n_{role}"].to_numpy()).all()


def test_programmes__are_named_where_people_are_in_them(people: pd.DataFrame, ties: pd.DataFrame) -> None:
    named = set(people["programmes"])
    assert {"", "befriending", "open_dialogue", "befriending,open_dialogue"} == named
    assert set(ties["origin"]) == {"natural", "service", "befriending", "open_dialogue"}
    assert people["sessions_attended"].max() > 5


def test_mechanisms__are_shares__and_unknown_only_before_the_first_contact_of_the_run(ties: pd.DataFrame) -> None:
    names = ["trust_felt" if mechanism is Mechanism.TRUST else mechanism.word for mechanism in Mechanism]
    unknown = ties[names].isna().any(axis=1)
    waiting = (ties["weeks_since_contact"] >= ties["week"]) | (ties["weeks_since_contact"] >= ties["age_weeks"])
    assert (unknown == waiting).all()
    known = ties.loc[~unknown, names]
    assert ((known >= 0.0) & (known <= 1.0)).all().all()
    assert 0.0 < unknown[ties["week"] == WEEKS].mean() < 0.2


def test_supporters__have_one_name_each(ties: pd.DataFrame) -> None:
    now = ties[(ties["replicate"] == 0) & (ties["week"] == WEEKS)]
    assert not now.duplicated(["patient", "supporter"]).any()
    served = now[now["origin"] == "service"]
    assert served["supporter"].str.startswith("post-").all()
    assert served["supporter"].nunique() < len(served) / 5
    fellows = now[now["supporter"].str.startswith("patient-")]
    assert len(fellows) > 0
    assert (fellows["role"] == "peer").all()
    own = now[~now["supporter"].str.startswith(("post-", "patient-"))]
    assert own["supporter"].is_unique
    assert own["supporter"].str.match(r"(professional|peer|friend|family|befriending|open_dialogue)-\d+-\d+$").all()


def test_alliance__is_unknown_where_there_is_no_professional(people: pd.DataFrame) -> None:
    assert (people["alliance"].isna() == (people["n_professional"] == 0)).all()


def test_answers_of_both_sides__are_true_or_false(ties: pd.DataFrame) -> None:
    sides = [f"{function}_{side}" for function in FUNCTIONS for side in ("patient", "supporter")]
    assert set(ties[sides].dtypes) == {np.dtype(bool)}
    assert ties[["alliance_patient", "alliance_supporter"]].stack().between(0.0, 1.0).all()


def test_recording__changes_nothing() -> None:
    plain, recorded = run(small(), 1), run(small(), 1, record=["people", "ties"], every=1)
    pd.testing.assert_frame_equal(plain.trajectories, recorded.trajectories, check_exact=True)
    assert recorded.people is not None
    assert len(recorded.people) == PATIENTS * WEEKS
