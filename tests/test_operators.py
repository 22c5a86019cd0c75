"""Measurement operators against values worked out by hand: a person or two whose ties are known."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from supportnet.experiments.patterns.associations import (
    acquaintance_counts,
    density_among_supporters,
    large_against_small,
    processes_with_others,
)
from supportnet.experiments.patterns.measurement import Ties, key_carers, measured_processes, process_error
from supportnet.experiments.patterns.networks import losses_by_third
from supportnet.experiments.patterns.table import PRESETS, patterns, to_fit
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.predictions import dose, trials
from supportnet.experiments.predictions.course import relapse_in_remission
from supportnet.experiments.predictions.dose import change_per_session, contact_dose
from supportnet.experiments.predictions.people import (
    contacts_by_kind,
    degree_gradient,
    in_remission,
    partial_correlation,
    same_group,
    watch_half_a_year,
)
from supportnet.experiments.randomised.design import Design, designed
from supportnet.experiments.randomised.trial import (
    MEASURES,
    Followed,
    measured_strain,
    relapses_and_admissions,
    start_treatment,
)
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import SERVICE, Role
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.state import World
from tests.small import small
from tests.worlds import add_tie, empty_world

FAMILY, FRIEND, PROFESSIONAL = Role.FAMILY, Role.FRIEND, Role.PROFESSIONAL


def run_in(world: World) -> Any:
    """A run that has come to this world, as far as operators look at it."""
    return SimpleNamespace(area=SimpleNamespace(world=world), scenario=Scenario.load("today"))


def ties_in(world: World) -> Ties:
    return Ties(run_in(world))


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def acquainted(world: World, *pairs: tuple[int, int]) -> None:
    """Supporters of the first person who know each other, by the number of their tie."""
    for one, other in pairs:
        for knower, known in ((one, other), (other, one)):
            world.ties.knows[knower] |= np.uint64(1 << known)


# ---- rows 31 and 32
def test_a_key_carer__is_the_relative_with_most_contact() -> None:
    world = empty_world(3)
    add_tie(world, 0, FRIEND, rate=9.0)
    add_tie(world, 0, FAMILY, rate=0.5)
    most = add_tie(world, 0, FAMILY, rate=2.0)
    add_tie(world, 1, FRIEND)
    add_tie(world, 2, FAMILY, rate=1.0, strength=0.1)
    closest = add_tie(world, 2, FAMILY, rate=0.5, strength=0.9)
    ties = ties_in(world)
    carers = key_carers(ties)
    assert list(ties.of[carers]) == [0, 2], "one a person, and none where there are no relatives"
    assert list(ties.name[carers] & 0xFFFFFFFF) == [int(world.ties.key[row]) for row in (most, closest)]


# ---- row 47
def test_the_total_of_measured_processes__strays_as_the_qpr_does() -> None:
    world = empty_world(20_000)
    world.people.processes[:] = 0.5
    run = run_in(world)
    measured = measured_processes(run, rng())
    assert process_error(run.scenario.all_parameters.measure) == pytest.approx(5.16 / 60 * 5**0.5)
    assert (60 * measured.mean(axis=1)).std() == pytest.approx(5.16, rel=0.03), "a little less, where scales end"
    assert np.corrcoef(measured[:, 0], measured[:, 1])[0, 1] == pytest.approx(0.0, abs=0.03)


def test_each_process__goes_with_the_total_of_the_other_four() -> None:
    measured = np.array([[0.1, 0.4, 0.2, 0.2, 0.2], [0.3, 0.2, 0.2, 0.2, 0.2], [0.2, 0.2, 0.3, 0.2, 0.2]])
    found = processes_with_others(measured)
    others = measured[:, 1:].sum(axis=1)  # 1.0, .8, .9
    assert found["connectedness_with_others"] == pytest.approx(np.corrcoef([0.1, 0.3, 0.2], others)[0, 1])
    assert found["connectedness_with_others"] == pytest.approx(-1.0)
    assert found["hope_with_others"] == pytest.approx(np.corrcoef([0.4, 0.2, 0.2], [0.7, 0.9, 0.9])[0, 1])
    assert np.isnan(found["meaning_with_others"]), "the same in everybody"


# ---- row 48
def test_large_against_small_networks__is_hedges_g_of_the_outer_thirds() -> None:
    size = np.arange(1, 10, dtype=np.int16)
    symptoms = np.array([3.0, 4.0, 5.0, 9.0, 9.0, 9.0, 1.0, 2.0, 3.0])
    assert large_against_small(size, symptoms) == pytest.approx(-2.0 * (1 - 3 / 15))
    assert np.isnan(large_against_small(np.full(9, 4, np.int16), symptoms))


# ---- row 49
def test_density__is_over_supporters_who_have_others() -> None:
    world = empty_world(2)
    for role in (FAMILY, FAMILY, FRIEND):
        add_tie(world, 0, role)
    add_tie(world, 1, FRIEND)
    acquainted(world, (0, 1))
    assert list(acquaintance_counts(ties_in(world))) == [1, 1, 0, 0]
    assert density_among_supporters(ties_in(world)) == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)
    alone = empty_world(1)
    add_tie(alone, 0, FRIEND)
    assert np.isnan(density_among_supporters(ties_in(alone)))


def test_acquaintances_of_the_same_group__are_counted_supporter_by_supporter() -> None:
    world = empty_world(2)
    for role in (FAMILY, FAMILY, FRIEND):
        add_tie(world, 0, role)
    for role in (FRIEND, PROFESSIONAL, FRIEND):
        row = add_tie(world, 1, role)
    acquainted(world, (0, 1), (1, 2))
    world.ties.knows[row - 2] = 1 << 2  # the first and the third, both friends
    world.ties.knows[row] = 1
    assert same_group(ties_in(world)) == pytest.approx((1 + 1 / 2 + 0 + 1 + 1) / 5)


def test_the_gradient_of_degree__is_the_smallest_fall_from_quarter_to_quarter() -> None:
    world = empty_world(1)
    known = (0, 0, 0b1, 0b1, 0b111, 0b111, 0b11111, 0b11111)
    for importance, bits in enumerate(known):
        add_tie(world, 0, FRIEND, strength=1.0 - 0.1 * importance, trust=0.1 + 0.1 * importance**2, knows=bits)
    assert degree_gradient(ties_in(world)) == 1.0, "0, 1, 3 and 5 known"
    world.ties.knows[6:8] = 0
    assert degree_gradient(ties_in(world)) == -3.0


# ---- row 46
def test_negative_contacts__are_those_of_all_ties_met() -> None:
    world = empty_world(2)
    add_tie(world, 0, FRIEND, critical=0.5)
    add_tie(world, 0, FAMILY, critical=1.0, since=3)
    add_tie(world, 0, PROFESSIONAL, origin=SERVICE, critical=0.25)
    add_tie(world, 1, FAMILY, critical=1.0)
    negative, supportive = contacts_by_kind(ties_in(world))
    assert list(negative) == [0.75, 1.0]
    assert list(supportive) == [1.25, 0.0]


def test_a_partial_correlation__is_of_what_the_third_leaves() -> None:
    given = np.array([0.0, 0.0, 10.0, 10.0])
    own = np.array([1.0, -1.0, 1.0, -1.0])
    assert np.corrcoef(given + own, given - own)[0, 1] > 0.9
    assert partial_correlation(given + own, given - own, given) == pytest.approx(-1.0)


# ---- row 42
def test_relapse_after_depression__is_of_people_in_remission() -> None:
    phq9 = np.array([9, 5, 4, 0, 10, 20])
    weeks = np.array([13.0, 39.0, 26.0, np.inf, 1.0, 1.0])
    found = relapse_in_remission(phq9, weeks)
    assert found["depression_relapse"] == 3 / 4, "whoever still has 10 or more is not in remission"
    assert found["depression_relapse_early"] == pytest.approx(2 / 3)
    assert found["residual_symptoms"] == pytest.approx((2 / 52) / (1 / (26 + 52)))
    assert np.isnan(list(relapse_in_remission(phq9[4:], weeks[4:]).values())).all()
    none_without = relapse_in_remission(phq9, np.array([13.0, 39.0, np.inf, np.inf, 1.0, 1.0]))
    assert none_without["residual_symptoms"] == pytest.approx((2.5 / 52) / (0.5 / 104)), "half a relapse to each"


# ---- row 43
def test_remission__needs_no_crisis_and_little_withdrawal() -> None:
    world = empty_world(3)
    world.people.withdrawal = [0.2, 0.2, 0.5]
    world.people.crisis = [0, 2, 0]
    assert list(in_remission(world.people, 0.35)) == [True, False, False]


def test_half_a_year__is_watched_week_by_week() -> None:
    world = empty_world(2)
    add_tie(world, 0, FRIEND, critical=0.5)
    run, weeks = run_in(world), list[int]()

    def advance(n: int, every: int) -> None:
        weeks.append(n)
        world.people.crisis[1] = len(weeks) == 3
        world.ties.since[0] = len(weeks) > 10

    run.advance = advance
    seen = watch_half_a_year(run)
    assert weeks == [1] * 26
    assert list(seen.in_remission) == [True, False], "a single week of crisis counts"
    assert (seen.negative[0], seen.supportive[0]) == (5.0, 5.0), "met in ten weeks"


# ---- row 9
def test_losses__are_those_of_thirds_by_strength() -> None:
    strength = np.array([0.9, 0.1, 0.5, 0.8, 0.2, 0.6], np.float32)
    assert losses_by_third(strength, np.array([1, 0, 1, 1, 0, 0], bool)) == [1.0, 0.5, 0.0]


# ---- row 50
def test_the_same_contacts__do_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dose, "INTENSIVE", 1.0)
    today = small(population__patients=300)
    found = contact_dose(StudyWorld(today, pool_for(today), 1, people=300))
    assert found["contact_dose_admissions"] == 0.0
    assert all(0.0 < abs(found[f"contact_dose_{name}"]) < 0.4 for name in ("distress", "withdrawal")), "error only"


def test_more_contacts__are_contacts_with_the_services_professional() -> None:
    seen = list[dict[str, object]]()
    today = small()

    class Watched(StudyWorld):
        def area(self, patients: int = 0, values: Any = ()) -> Simulation:
            seen.append(dict(values))
            return super().area(patients, values)

    contact_dose(Watched(today, pool_for(today), 1, people=60))
    assert [one["services.contacts_per_week"] for one in seen] == [2.4 * 0.45, 0.45]


# ---- row 52
def test_the_effect_of_a_session__is_the_change_by_allocation_over_the_sessions() -> None:
    change, sessions = np.array([-0.4, -0.2, 0.3, 9.0]), np.array([10, 2, 6, 0], np.int16)
    good = np.array([True, True, False, False])
    assert change_per_session(change, sessions, good) == pytest.approx(-0.3 / 6)
    assert change_per_session(change, sessions, np.array([False, False, True, False])) == pytest.approx(0.05)
    assert np.isnan(change_per_session(change, sessions, np.zeros(4, bool)))


# ---- rows 51 and 53 to 55
def test_who_does_not_take_it_up__never_begins_but_stays_in_the_arm() -> None:
    design = Design("befriending", small(population__patients=200), "anybody", "usual_care", 200, take_up=0.78)
    run = Simulation(design.area, pool=pool_for(design.scenario))
    treated = np.arange(200) < 150
    start_treatment(design, run, np.arange(200), treated, rng())
    began = run.area.world.places[run.programme_names.index("befriending")].weeks_in == 0
    assert not began[~treated].any()
    assert began[treated].mean() == pytest.approx(0.78, abs=0.07)


def test_strain_of_carers__is_that_of_relatives() -> None:
    world = empty_world(2)
    add_tie(world, 0, FAMILY, strain=0.2)
    add_tie(world, 0, FAMILY, strain=0.6)
    add_tie(world, 0, FRIEND, strain=1.0)
    add_tie(world, 1, FRIEND, strain=1.0)
    np.testing.assert_allclose(measured_strain(ties_in(world), 0.0, rng()), [0.4, np.nan])
    before, after = rng(), rng()
    measured_strain(ties_in(world), 0.1, after)
    assert before.random() == after.random(), "whatever else is measured is measured the same"


def test_relapses_and_admissions__are_counted_apart() -> None:
    world = empty_world(2)
    world.people.relapses, world.people.admissions = [2, 0], [1, 0]
    assert relapses_and_admissions(world.people).tolist() == [[2, 1], [0, 0]]


def followed(design: Design, treated: list[bool], **outcomes: list[float]) -> Followed:
    """What a trial saw: the same at all times, in these outcomes."""
    seen = np.full((len(design.times), len(treated), len(MEASURES)), np.nan)
    for name, values in outcomes.items():
        seen[:, :, MEASURES.index(name)] = values
    return Followed(np.array(treated), seen[0], seen)


def test_effects_of_a_trial__are_standardised_differences_and_risk_ratios() -> None:
    design, arms = designed("peer_support_workers"), [True] * 4 + [False] * 4
    seen = followed(design, arms, hope=[5, 6, 7, np.nan, 3, 4, 5, np.nan], admissions=[1, 0, 0, 0, 1, 1, 0, 0])
    assert trials.effect(design, seen, "hope", "6 months later") == pytest.approx(2.0 * (1 - 3 / 15))
    assert trials.effect(design, seen, "admissions", "12 months") == pytest.approx(0.5)
    none = followed(design, arms, admissions=[1, 0, 0, 0, 0, 0, 0, 0])
    assert trials.effect(design, none, "admissions", "12 months") == pytest.approx((1.5 / 5) / (0.5 / 5)), "half a case"
    nobody = followed(design, arms, admissions=[1, 0, 0, 0, *[np.nan] * 4])
    assert np.isnan(trials.effect(design, nobody, "admissions", "12 months"))


def test_times__are_those_of_published_effects() -> None:
    design = designed("peer_support_workers")
    assert [design.week(when) for when in ("end", "6 months later", "12 months")] == [26, 52, 52]
    assert {design.week(when) for when in ("end", "6 months later", "12 months")} <= set(design.times)
    seen = followed(design, [True], hope=[0.0])
    seen.seen[:, 0, MEASURES.index("hope")] = list(design.times)
    last = max(design.times)
    assert trials.outcome_at(design, seen, "hope", last + 30) == [last], "the nearest"


def test_family_work__has_a_risk_ratio_and_an_odds_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    design, relapsed = designed("systemic_family_therapy"), [1.0, 0, 0, 0, 1, 1, 1, 0]
    seen = followed(design, [True] * 4 + [False] * 4, relapses=relapsed)
    monkeypatch.setattr(trials, "trial_in", lambda world, programme, **other: (design, seen))
    found = trials.family_work(None)  # type: ignore[arg-type]
    assert found["family_work_relapse"] == pytest.approx(1 / 3)
    assert found["family_work_relapse_odds"] == pytest.approx(1.5 * 1.5 / (3.5 * 3.5))


def test_families_together_and_carers__are_measured_once_there_are_such_programmes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    design, held = designed("systemic_family_therapy"), list[tuple[str, dict[str, object]]]()
    relapses = {"multi_family_groups": [1.0, 0, 0, 0, 1, 1], "systemic_family_therapy": [1.0, 1, 0, 0, 0, 0]}
    strain, admitted = [1.0, 2, 3, 3, 4, 5], [1.0, 1, 0, 1, 1, 0]

    def hold(world: object, programme: str, **other: object) -> tuple[Design, Followed]:
        held.append((programme, other))
        seen = {"relapses": relapses.get(programme, [0.0] * 6), "carer_strain": strain, "admissions": admitted}
        return design, followed(design, [True] * 4 + [False] * 2, **seen)

    monkeypatch.setattr(trials, "trial_in", hold)
    together = trials.families_together(None)  # type: ignore[arg-type]
    assert together == {"multi_family_relapse": pytest.approx(0.5)}, "of those treated only"
    carers = trials.carers_together(None)  # type: ignore[arg-type]
    assert carers["carers_groups_admissions"] == pytest.approx(0.75 / 0.5)
    assert np.isnan(carers["carers_groups_strain"]), "two controls are too few"
    entries = [("multi_family_groups", {"entry": "crisis"}), ("systemic_family_therapy", {"entry": "crisis"})]
    assert held == [*entries, ("carers_groups", {})]


# ---- the table
def test_every_pattern__says_what_its_source_measured() -> None:
    for pattern in patterns().values():
        assert pattern.measured_as.endswith("."), pattern.name
        assert pattern.statistic or pattern.use == "context", pattern.name


def test_trials__are_no_target_of_a_calibration() -> None:
    kept = {one.number for one in patterns().values() if one.use == "fit to trials"}
    assert kept == {50, 51, 52, 53, 54, 55}
    assert not kept & {one.number for preset in PRESETS for one in to_fit(preset).values()}
    assert {one.number for one in patterns().values() if not one.presets} == {19, 31, 34}
