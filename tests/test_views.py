"""Two views of a tie: what each side says, how far they agree, and where disagreement comes from."""

import numpy as np
import pandas as pd
import pytest

from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.population import tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Role, SupportFunction
from supportnet.sim.measurement.agreement import agreement, cohens_kappa, landis_koch
from supportnet.sim.measurement.dyadic_ratings import PATIENT, SUPPORTER, views_of
from tests.ensembles import run
from tests.small import small

LOW = {"reciprocity", "power_balance"}
LEVEL = {"views.distance": 0.0, "views.strain": 0.0, "views.wanted": 0.0, "views.empowerment": 0.0}  # no vantage points


def lived(weeks: int = 40, patients: int = 400, **values: object) -> Simulation:
    """An area of people from the reference pool, whatever the numbers."""
    scenario = small(population__patients=patients, weeks=weeks, **values)
    simulation = Simulation(scenario, record=True, pool=pool_for(small()))
    simulation.advance(weeks, 0)
    return simulation


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return lived()


@pytest.mark.parametrize("role", [None, *Role.words()])
def test_kappa__is_lowest_on_reciprocity_and_the_power_balance(simulation: Simulation, role: str | None) -> None:
    kappa = agreement(simulation, role)["kappa"].sort_values()
    assert set(kappa.index[:2]) == LOW or role in ("peer", "friend")  # trust hardly varies among the latter
    assert kappa[list(LOW)].max() < kappa.drop(list(LOW)).median() - 0.2


def test_without_vantage_points__both_sides_agree_on_them_as_on_the_rest() -> None:
    simulation = lived(**{name.replace(".", "__"): value for name, value in LEVEL.items()})
    kappa = agreement(simulation)["kappa"]
    rest = kappa.drop(list(LOW))
    assert kappa[list(LOW)].min() > rest.min() - 0.1
    assert kappa[list(LOW)].min() > 0.6


def test_noise__is_the_same_for_every_function() -> None:
    """Without noise and vantage points both sides say the same about everything."""
    values = {name.replace(".", "__"): value for name, value in LEVEL.items()}
    found = agreement(lived(weeks=10, patients=60, views__noise=0.0, **values))
    assert (found["agreement"] == 1.0).all()


def test_professionals__say_less_of_their_giving_the_more_distant_they_are() -> None:
    said = [agreement(lived(views__distance=distance), "professional") for distance in (0.0, 0.9)]
    close, distant = (found.loc["reciprocity"] for found in said)
    assert distant["prevalence_supporter"] < close["prevalence_supporter"] - 0.1
    assert distant["prevalence_patient"] == close["prevalence_patient"]


def test_professionals_who_share_of_themselves__leave_less_unsaid() -> None:
    low, high = (
        agreement(lived(services__boundary_openness=openness), "professional").loc["reciprocity", "kappa"]
        for openness in (0.0, 1.0)
    )
    assert high > low


def test_companionship__is_seen_with_friends_more_than_with_professionals(simulation: Simulation) -> None:
    friends, staff = (agreement(simulation, role)["prevalence_patient"] for role in ("friend", "professional"))
    assert friends["companionship"] > staff["companionship"] + 0.2


def test_answers__are_the_same_every_time_and_change_nothing(simulation: Simulation) -> None:
    before = simulation.area.world.ties.copy()
    one, other = views_of(simulation), views_of(simulation)
    assert (one.functions == other.functions).all()
    assert (one.alliance == other.alliance).all()
    assert (simulation.area.world.ties == before).all()


def test_the_two_sides__have_luck_of_their_own(simulation: Simulation) -> None:
    functions = views_of(simulation).functions
    assert (functions[:, PATIENT] != functions[:, SUPPORTER]).any(axis=0).all()


def test_alliance__is_rated_near_trust_by_both_sides(simulation: Simulation) -> None:
    views = views_of(simulation)
    trust = simulation.area.world.ties.trust[tie_rows(simulation.area.world.people)]
    for side in (PATIENT, SUPPORTER):
        rated = views.alliance[:, side]
        assert ((rated >= 0.0) & (rated <= 1.0)).all()
        assert np.corrcoef(rated, trust)[0, 1] > 0.7
    assert views.alliance[:, SUPPORTER].mean() < views.alliance[:, PATIENT].mean()


def test_a_simulation_in_which_nobody_looked__has_no_views() -> None:
    simulation = Simulation(small(weeks=2))
    simulation.advance(2, 0)
    with pytest.raises(ValueError, match="record=True"):
        views_of(simulation)


def test_nobody_and_nothing_known__are_no_trouble() -> None:
    """One person; no services, so that there are no professionals; the first week."""
    for scenario in (small(population__patients=1, weeks=1), small(services__coverage=0.0, weeks=1)):
        simulation = Simulation(scenario, record=True)
        simulation.advance(1, 0)
        found = agreement(simulation)
        assert list(found.index) == list(SupportFunction.words())
        assert agreement(simulation, "professional")["dyads"].max() <= 1


def test_agreement__is_the_same_from_a_simulation_and_from_its_table() -> None:
    scenario = small()
    simulation = Simulation(scenario, record=True)
    simulation.advance(scenario.weeks, 0)
    table = run(scenario, [0], record=["ties"]).ties
    assert table is not None
    pd.testing.assert_frame_equal(agreement(simulation), agreement(table))
    pd.testing.assert_frame_equal(agreement(simulation, "family"), agreement(table, "family"))


def test_kappa__of_a_known_table() -> None:
    """Cohen's own kind of example: 20 both yes, 5 and 10 mixed, 15 both no; standard error by Fleiss et al. 1969."""
    one = np.repeat([1.0, 1.0, 0.0, 0.0], [20, 5, 10, 15])
    other = np.repeat([1.0, 0.0, 1.0, 0.0], [20, 5, 10, 15])
    kappa, error = cohens_kappa(one, other, np.arange(50))
    assert kappa == pytest.approx(0.4)
    assert error == pytest.approx(fleiss_error(np.array([[15, 10], [5, 20]]) / 50.0, 50) * np.sqrt(50 / 49))


def fleiss_error(p: np.ndarray, n: int) -> float:
    """Asymptotic standard error of kappa from a table of shares (Fleiss, Cohen & Everitt 1969, equation 13)."""
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    same, chance = np.trace(p), float(rows @ columns)
    on = sum(p[i, i] * ((1 - chance) - (rows[i] + columns[i]) * (1 - same)) ** 2 for i in range(2))
    off = (1 - same) ** 2 * sum(p[i, j] * (columns[i] + rows[j]) ** 2 for i in range(2) for j in range(2) if i != j)
    return float(np.sqrt((on + off - (same * chance - 2 * chance + same) ** 2) / n) / (1 - chance) ** 2)


def test_kappa__is_less_certain_where_ties_of_a_person_are_alike() -> None:
    luck = np.random.default_rng(3)
    persons = luck.random((300, 2)) < 0.5
    one, other = np.repeat(persons[:, 0], 4).astype(float), np.repeat(persons[:, 1], 4).astype(float)
    clustered = cohens_kappa(one, other, np.repeat(np.arange(300), 4))[1]
    assert clustered == pytest.approx(2.0 * cohens_kappa(one, other, np.arange(1200))[1], rel=0.02)


def test_bands__are_those_of_landis_and_koch() -> None:
    named = {-0.1: "poor", 0.1: "slight", 0.3: "fair", 0.5: "moderate", 0.7: "substantial", 0.9: "almost perfect"}
    assert {kappa: landis_koch(kappa) for kappa in named} == named
    assert landis_koch(np.nan) == ""


def test_answers_that_are_all_alike__have_no_kappa_but_full_agreement() -> None:
    kappa, error = cohens_kappa(np.ones(5), np.ones(5), np.arange(5))
    assert np.isnan([kappa, error]).all()
