"""People read from data: what interviews say goes first, and the rest comes from people most like them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from supportnet.analysis.wording.caveats import cautions
from supportnet.experiments.ensemble.recording import interviews_table, ties_table, who_is_who
from supportnet.sim.area.empirical_population import DONORS, nearest_rows, people_like, sample_interviews, ties_of
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Condition, Role
from supportnet.sim.errors import UserInputError
from supportnet.sim.network_file.cache import cached_networks
from supportnet.sim.network_file.reader import read_networks
from supportnet.sim.randomness import rng_key
from supportnet.sim.scenario.scenario import Scenario
from tests.effort import effort

ROLES = {"ada": ["family"] * 9, "bo": ["friend"], "cleo": ["professional", "friend", "friend"], "dan": ["peer"] * 2}


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """Sixty people after four interviews: conditions told of two, distress of one."""
    table = interviews(ROLES)
    table["condition"] = table["patient"].map({"ada": "affective", "bo": "psychosis"})
    table["distress"] = table["patient"].map({"cleo": 0.9})
    table["strength"] = np.where(table["supporter"] == "bo-0", 0.95, np.nan)
    return scenario_of(table, tmp_path, 60)


def interviews(roles: dict[str, list[str]]) -> pd.DataFrame:
    """Rows of a network file."""
    rows = [(who, f"{who}-{k}", role) for who, theirs in roles.items() for k, role in enumerate(theirs)]
    return pd.DataFrame(rows, columns=["patient", "supporter", "role"])


def scenario_of(table: pd.DataFrame, folder: Path, patients: int) -> Scenario:
    """A scenario of so many people after these interviews."""
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), folder / "networks.parquet")
    path = folder / "mine.toml"
    path.write_text(f'based_on = "today"\n[population]\nnetworks = "networks.parquet"\npatients = {patients}\n')
    return Scenario.load(path)


def test_people__have_the_condition_told__and_the_presets_where_none_is(scenario: Scenario) -> None:
    people = Simulation(scenario).area.world.people
    assert (people.condition[0::4] == Condition.AFFECTIVE).all()
    assert (people.condition[1::4] == Condition.PSYCHOSIS).all()
    assert (people.condition[2::4] == Condition.PSYCHOSIS).all()  # the preset: everybody lives with psychosis
    mixed = Simulation(scenario.with_values({"population.preset": "mixed"})).area.world.people
    assert set(mixed.condition[2::4]) == set(Condition)


def test_people__resemble_the_interviewed_in_what_is_told(scenario: Scenario) -> None:
    """Somebody with nine relatives comes from people with many; somebody in distress from people in distress."""
    pool, networks = pool_for(scenario), read_networks(scenario.networks or "")
    chosen = people_like(networks, np.arange(400) % 4, pool, 1.0, rng_key(1, 0))
    owner = np.repeat(np.arange(len(pool.people)), pool.people.n_ties)
    family = np.bincount(owner, pool.ties.role == Role.FAMILY, len(pool.people))
    assert family[chosen[0::4]].mean() > family.mean() + 1
    assert pool.people.distress[chosen[2::4]].mean() > pool.people.distress.mean() + 0.2
    assert 10 < len(set(chosen[0::4])) <= DONORS


def test_ties__take_what_is_lacking_from_ties_alike(scenario: Scenario) -> None:
    simulation = Simulation(scenario.with_values({"population.patients": 400}))
    people, ties = simulation.area.world.people, simulation.area.world.ties
    close = ties[people.first[1::4]]
    trust = simulation.pool.ties.trust[simulation.pool.ties.role == Role.FRIEND]
    np.testing.assert_allclose(close.strength, 0.95)
    assert close.trust.mean() > trust.mean() + 0.05


@pytest.mark.parametrize("contacts", [0.25, 1.0, 3.0, 7.0])
def test_contacts__come_about_as_often_as_told__seven_a_week_at_most(tmp_path: Path, contacts: float) -> None:
    """Outside crises, whatever a supporter of this role can usually sustain; Poisson, within four standard errors."""
    table = interviews({str(k): ["friend"] for k in range(400)})
    table["contacts_per_week"] = contacts
    people = (run := Simulation(scenario_of(table, tmp_path, 400))).area.world.people
    calm = people.crisis == 0
    run.advance(1, every=0)
    met = people.recent[calm, 0, Role.FRIEND]
    expected = sum(stats.poisson.sf(k - 1, contacts) for k in range(1, 8))
    assert met.mean() == pytest.approx(expected, abs=4 * np.sqrt(contacts / len(met)))


def test_contacts__people_have_time_for_all_that_are_told_of(tmp_path: Path) -> None:
    table = interviews({"busy": ["friend", "family", "peer"], "quiet": ["friend"]})
    table["contacts_per_week"] = [7.0, 5.0, 4.0, 0.5]
    run = Simulation(scenario_of(table, tmp_path, 2))
    people, budget = run.area.world.people, run.orders.parameters[0].meet.budget
    assert people.time.tolist() == [16.0, budget]
    run.area.world.people.crisis = 0
    run.advance(1, every=0)
    assert people.share.tolist() == pytest.approx([1.0, 1.0])


def test_nearest_rows__are_those_nearest_by_what_is_told() -> None:
    known = np.column_stack((np.arange(200.0), np.full(200, 3.0)))
    near = nearest_rows(np.array([[0.0, np.nan], [5.0, 3.0]]), known)
    assert near[0].tolist() == list(range(DONORS))
    assert near[1].tolist()[:4] == [5, 4, 6, 3]
    assert nearest_rows(np.array([[0.0, np.nan]]), known[:7]).shape == (1, 7)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("steps", [3, 10**6], ids=["a few answers", "fine scales"])
def test_nearest_rows__are_the_first_of_all_sorted_by_distance(kind: type, steps: int) -> None:
    """To the bit, and in the order of rows where distances are equal: draws point into them."""
    luck = np.random.default_rng(steps)
    known = (np.round(luck.random((1500, 4)) * steps) / steps).astype(kind)
    told = np.round((1.4 * luck.random((60, 4)) - 0.2) * steps) / steps
    told[luck.random(told.shape) < 0.4] = np.nan
    told = told[~np.isnan(told).all(axis=1)]
    for row, near in zip(told, nearest_rows(told, known), strict=True):
        there = ~np.isnan(row)
        columns = known[:, there]
        far = (((columns - row[there]) / columns.std(axis=0)) ** 2).sum(axis=1)
        assert near.tolist() == np.argsort(far, kind="stable")[:DONORS].tolist()


@pytest.mark.parametrize("n", [1, 2, 3, 5, 6, 7, 59, 101])
def test_any_number_of_people__is_a_fair_sample_of_the_interviews(tmp_path: Path, n: int) -> None:
    """Two interviews with one friend, two with nine: five on average, as near to it as the number allows."""
    roles = {"a": ["friend"], "b": ["friend"], "c": ["friend"] * 9, "d": ["friend"] * 9}
    networks = read_networks(scenario_of(interviews(roles), tmp_path, n).networks or "")
    means = []
    for replicate in range(200):
        sample = sample_interviews(networks, n, rng_key(1, replicate))
        assert len(sample) == n
        assert np.abs(np.bincount(sample, minlength=4) - n / 4).max() < 1.0
        means.append(ties_of(networks)[sample].mean())
    assert np.mean(means) == pytest.approx(5.0, abs=0.9 if n == 1 else 0.2)
    assert np.abs(np.array(means) - 5.0).max() <= 4.0 / n + 1e-9
    assert np.array_equal(sample, sample_interviews(networks, n, rng_key(1, 199)))


def test_as_many_people_as_interviews__or_a_multiple__are_in_the_order_of_the_file(tmp_path: Path) -> None:
    table = interviews({str(k): ["friend"] * (7 * k % 5 + 1) for k in range(11)})
    table["weight"] = 0.37
    networks = read_networks(scenario_of(table, tmp_path, 11).networks or "")
    for n in (11, 22, 110):
        assert sample_interviews(networks, n, rng_key(3, 4)).tolist() == [i % 11 for i in range(n)]


def test_weights__say_how_many_people_an_interview_stands_for(tmp_path: Path) -> None:
    table = interviews({"light": ["friend"] * 3, "heavy": ["family"], "middle": ["peer"] * 2})
    table["weight"] = table["patient"].map({"light": 0.2, "heavy": 3.8})  # where nothing is given, 1
    scenario = scenario_of(table, tmp_path, 50)
    networks = read_networks(scenario.networks or "")
    assert np.bincount(sample_interviews(networks, 50, rng_key(1, 0))).tolist() == [2, 38, 10]
    few = [np.bincount(sample_interviews(networks, 3, rng_key(1, k)), minlength=3) for k in range(400)]
    assert np.mean(few, axis=0) == pytest.approx([0.12, 2.28, 0.6], abs=0.05)
    n_ties = np.bincount(networks.patient)[sample_interviews(networks, 50, rng_key(1, 0))]
    assert np.array_equal(Simulation(scenario).area.world.people.n_ties, n_ties)


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (4, ""),
        (3, "a sample of 3 people from 4 interviews: 1 interview is left out"),
        (1, "a sample of 1 person from 4 interviews: 3 interviews are left out"),
        (6, "a sample of 6 people from 4 interviews: 2 interviews are used twice"),
        (8, "a sample of 8 people from 4 interviews: each is used twice"),
        (9, "a sample of 9 people from 4 interviews: 1 interview is used 3 times, the others twice"),
    ],
)
def test_cautions__say_how_often_interviews_are_used__only_where_it_is_not_once(
    scenario: Scenario, n: int, said: str
) -> None:
    told = [one for one in cautions(scenario.with_values({"population.patients": n})) if "a sample of" in one]
    assert told == ([said] if said else [])


def test_cautions__say_which_share_of_weighted_interviews_is_there(tmp_path: Path) -> None:
    table = interviews({"a": ["friend"], "b": ["friend"], "c": ["friend"]})
    table["weight"] = table["patient"].map({"a": 0.5, "b": 0.5, "c": 3.0})
    said = cautions(scenario_of(table, tmp_path, 4))
    assert "a sample of 4 people from 3 interviews: drawn by weight, which represents 67% of" in "".join(said)


def test_many_people__are_ready_soon(tmp_path: Path) -> None:
    """600 interviews of eight ties each took 15 s."""
    luck, n = np.random.default_rng(1), 600
    table = interviews({str(k): ["family", "friend"] * 4 for k in range(n)})
    for name in ("strength", "trust", "friction"):
        table[name] = luck.random(len(table))
    scenario = scenario_of(table, tmp_path, n)
    Simulation(scenario.with_values({"population.patients": 10}))  # compiled
    assert effort(lambda: Simulation(scenario)) < 150


def test_interviews_table__says_who_is_who(scenario: Scenario) -> None:
    networks = read_networks(scenario.networks or "")
    table = who_is_who(networks, 60, 1, [0, 1])
    ties = ties_table(Simulation(scenario, record=True))
    assert len(table) == len(ties) == 15 * sum(map(len, ROLES.values()))
    assert table["interview"].tolist()[:10] == ["ada"] * 9 + ["bo"]
    ties.loc[ties["origin"] == "service", "supporter"] = "service"
    both = ties.merge(table, on=["patient", "supporter"])
    assert len(both) == len(ties)
    assert (both["alter"].str.split("-").str[0] == both["interview"]).all()
    alone = interviews_table(read_networks(lonely(scenario)), np.arange(2))
    assert alone.isna().sum().tolist() == [0, 0, 1, 1]


def test_interviews_table__says_it_for_each_replicate_where_samples_differ(scenario: Scenario) -> None:
    scenario = scenario.with_values({"population.patients": 3})
    table = who_is_who(read_networks(scenario.networks or ""), 3, 1, [4, 7])
    assert list(table) == ["replicate", "patient", "interview", "supporter", "alter"]
    for replicate in (4, 7):
        ties = ties_table(Simulation(scenario, 1, replicate, record=True))
        ties.loc[ties["origin"] == "service", "supporter"] = "service"
        both = ties.merge(table[table["replicate"] == replicate], on=["patient", "supporter"])
        assert len(both) == len(ties) == (table["replicate"] == replicate).sum()


def test_a_network_file_that_changes__is_read_anew(scenario: Scenario) -> None:
    path = Path(scenario.networks or "")
    before = cached_networks(path)
    assert cached_networks(path) is before
    interviews({"a": ["peer"]}).to_parquet(path, index=False)
    assert cached_networks(path).patients == ("a",)
    path.unlink()
    with pytest.raises(UserInputError, match="no such network file"):
        cached_networks(path)


def lonely(scenario: Scenario) -> Path:
    """The same interviews, and first somebody without any tie."""
    path = Path(scenario.networks or "")
    rows = pq.read_table(path).to_pandas()
    rows = pd.concat([pd.DataFrame([{"patient": "nobody"}]), rows], ignore_index=True)
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), path.with_name("lonely.parquet"))
    return path.with_name("lonely.parquet")
