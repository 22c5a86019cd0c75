"""Shapley values: games whose values are known, and differences between worlds that one mechanism alone can carry."""

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from supportnet.analysis.wording.attribution import attribution_sentence
from supportnet.analysis.wording.caveats import explain_cautions, not_fitted
from supportnet.experiments.comparison.attribution import PLAYERS, Attribution, AttributionPlan, hold, nothing_left
from supportnet.experiments.comparison.shapley import interactions, knockouts, shapley
from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.sim.enums import Mechanism
from supportnet.sim.errors import UserInputError
from tests.command_line import AS_SET, Supportnet
from tests.ensembles import compare, explain
from tests.small import PATIENTS, WEEKS, small

pytestmark = pytest.mark.usefixtures("figures_not_drawn")


def game(k: int, worth: Callable[[set[int]], float]) -> np.ndarray:
    """The worth of every coalition, given as a function of the set of its players."""
    coalitions = [{i for i in range(k) if coalition >> i & 1} for coalition in range(2**k)]
    return np.array([worth(players) for players in coalitions], float)


def test_the_glove_game__gives_the_left_hand_what_it_is_worth() -> None:
    """One left glove and two right ones: a pair is worth 1. Shapley values 2/3, 1/6, 1/6."""
    gloves = game(3, lambda who: float(0 in who and bool(who & {1, 2})))
    np.testing.assert_allclose(shapley(gloves), [2 / 3, 1 / 6, 1 / 6])
    np.testing.assert_allclose(knockouts(gloves), [1.0, 0.0, 0.0])


def test_the_airport_game__shares_the_runway() -> None:
    """Costs 1, 2, 4 for three aeroplanes; a coalition pays its longest. 1/3, 1/3 + 1/2, 1/3 + 1/2 + 2."""
    runway = game(3, lambda who: max([(1.0, 2.0, 4.0)[i] for i in who], default=0.0))
    np.testing.assert_allclose(shapley(runway), [1 / 3, 5 / 6, 17 / 6])


def test_shares__are_means_over_all_orders_of_joining_and_add_up() -> None:
    worth = np.random.default_rng(1).normal(size=(2**5, 3))
    orders = list(permutations(range(5)))
    means = np.zeros((5, 3))
    for order in orders:
        coalition = 0
        for i in order:
            means[i] += (worth[coalition | 1 << i] - worth[coalition]) / len(orders)
            coalition |= 1 << i
    np.testing.assert_allclose(shapley(worth), means)
    np.testing.assert_allclose(shapley(worth).sum(axis=0), worth[-1] - worth[0])


def test_interactions__are_those_that_were_put_in() -> None:
    worth = game(4, lambda who: 2.0 * (0 in who) + 3.0 * ({1, 2} <= who) - 1.0 * ({0, 3} <= who))
    found = interactions(worth)
    assert found[1, 2] == pytest.approx(3.0)
    assert found[0, 3] == pytest.approx(-1.0)
    assert found[0, 1] == pytest.approx(0.0)
    np.testing.assert_allclose(shapley(worth), [1.5, 1.5, 1.5, -0.5])


def test_difference__is_what_is_left_and_the_sum_of_shares() -> None:
    found = explain(small(), small("smaller-caseloads"), over="relationships", replicates=3)
    for outcome in ("recovery", "alliance"):
        shares = found.shares(outcome)
        whole = shares.loc["difference", "value"]
        assert shares.loc[found.players, "value"].sum() + shares.loc["without", "value"] == pytest.approx(whole)
        compared = compare(small(), small("smaller-caseloads"), replicates=3).differences.set_index("outcome")
        assert whole == pytest.approx(compared.loc[outcome, "difference"])


def made(values: np.ndarray, replicates: int = 5, over: str = "relationships") -> Attribution:
    """Differences (coalitions, replicates) in recovery, as if simulated."""
    found = np.zeros((len(values), 2, replicates, len(NAMES)))
    found[:, 1, :, NAMES.index("recovery")] = values
    return Attribution(AttributionPlan((small(), small("befriending")), Sampling(range(replicates)), over), found)


def test_shares__add_up_where_a_coalition_lacks_the_outcome_in_some_replicates() -> None:
    values = np.random.default_rng(1).normal(1.0, 0.1, (16, 5)) * np.arange(16)[:, None]
    values[3, 1] = np.nan
    found = made(values)
    shares = found.shares("recovery")["value"]
    assert shares[found.players].sum() + shares["without"] == pytest.approx(shares["difference"])
    said = explain_cautions(found, "recovery")
    assert "1 replicate of 5 left out: recovery has no value in some coalition" in said
    assert "4 replicates are few: intervals are imprecise" in said


def test_what_carries_a_difference__is_told_with_all_that_makes_it_unsure() -> None:
    luck = np.random.default_rng(1)
    sure, unsure = (np.arange(16)[:, None] * mean + luck.normal(0.0, 0.1, (16, 5)) for mean in (1.0, 0.0))
    assert explain_cautions(made(sure), "recovery") == not_fitted(None)
    assert "may be zero" in attribution_sentence(made(unsure), "recovery")
    assert any("a single replicate" in one for one in explain_cautions(made(sure[:, :1], 1), "recovery"))


def test_openness__acts_through_transcending_the_role_alone() -> None:
    """Worlds that differ in boundary openness only are the same to the bit where that one mechanism is off."""
    open_staff = small(services__boundary_openness=0.9)
    found = explain(small(), open_staff, replicates=2, held="off")
    without = [c for c in range(128) if not c >> Mechanism.TRANSCENDING_ROLE & 1]
    left = np.nan_to_num(found.game("recovery"))
    assert (left[without] == 0.0).all()
    assert (left[-1] != 0.0).any()
    shares = found.shares("recovery")
    assert shares.loc["without", "value"] == 0.0
    assert shares.loc["transcending_role", "knockout"] == pytest.approx(shares.loc["difference", "value"])


def test_a_world_with_one_mechanism__is_explained_by_it() -> None:
    """With all but trust held in both worlds, what trust adds is the whole of what any order of joining can find."""
    found = explain(small(), small("smaller-caseloads"), replicates=2)
    trust = 1 << Mechanism.TRUST
    only = found.game("alliance")[[0, trust]]
    np.testing.assert_allclose(shapley(only)[0], only[1] - only[0])


def test_a_scenario_and_its_copy__have_nothing_to_explain() -> None:
    found = explain(small(), small(), over="relationships", replicates=2, held="off")
    assert not np.nan_to_num(found.game("recovery")).any()


def test_workers__make_no_difference() -> None:
    one, two = (explain(small(), small("befriending"), over="relationships", replicates=2, workers=w) for w in (1, 3))
    np.testing.assert_array_equal(one.values, two.values)


@pytest.mark.parametrize("over", PLAYERS)
def test_the_whole_coalition__holds_nothing_and_the_empty_one_everything(over: str) -> None:
    k = len(PLAYERS[over])
    everything, nothing = hold(over, 0, nothing_left()), hold(over, 2**k - 1, nothing_left())
    assert np.isnan(nothing.mechanisms).all()
    assert np.isnan(nothing.resources).all()
    held = everything.resources if over == "resources" else everything.mechanisms
    assert not np.isnan(held).any()


def test_scenarios_that_hold_mechanisms_themselves__are_refused() -> None:
    with pytest.raises(UserInputError, match="holds mechanisms itself"):
        explain(small(), small(mechanisms__trust=False), replicates=1)
    with pytest.raises(UserInputError, match="did you mean 'mechanisms'"):
        explain(small(), small("befriending"), over="mechanism", replicates=1)


def test_explain_json__has_the_keys_of_the_interface(supportnet: Supportnet) -> None:
    words = ("--patients", str(PATIENTS), "--weeks", str(WEEKS), "--replicates", "2", "--outcome", "qpr")
    words = (*words, *AS_SET, "--json")
    said = supportnet("explain", "today", "befriending", "--over", "relationships", "--interactions", *words)
    found = said.json
    assert {"baseline", "other", "outcome", "difference", "held", "without", "shares"} <= set(found)
    assert set(found["shares"]) == {"professional", "peer", "friend", "family"}
    assert all({"value", "lower", "upper"} <= set(share) for share in found["shares"].values())
    total = found["without"] + sum(share["value"] for share in found["shares"].values())
    assert total == pytest.approx(found["difference"])
    assert len(found["interactions"]) == 6
    assert any("replicates are few" in caution for caution in found["cautions"])
    plain = supportnet("explain", "today", "befriending", "--over", "relationships", *words[:-1])
    assert all(f"Caution: {caution}." in plain.out for caution in found["cautions"])
