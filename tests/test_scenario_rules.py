"""From a scenario to the rules of the core: arrays, segments between changes, teams and held mechanisms."""

import math
from pathlib import Path

import numpy as np
import pytest

from supportnet.sim import rules
from supportnet.sim.area.compile_rules import Segment, segments
from supportnet.sim.enums import Mechanism, Resource, Role, Target
from supportnet.sim.parameters import Enrol, Parameters
from supportnet.sim.scenario.scenario import Scenario, library
from supportnet.sim.scenario.schema import ServiceLevers


def rules_in(folder: Path, text: str, n_people: int = 500) -> list[Segment]:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return segments(Scenario.load(path), n_people)


def shapes(some: rules.Rules) -> list[tuple[tuple[int, ...], str]]:
    return [(array.shape, str(array.dtype)) for array in (*some.services, *some.programmes, some.mechanisms)]


def test_levers__are_the_same_in_the_file_and_in_the_core() -> None:
    assert tuple(ServiceLevers.model_fields) == rules.Services._fields


def test_segments__cover_the_horizon_once_with_arrays_of_one_shape() -> None:
    for name in library():
        scenario = Scenario.load(name)
        spans = segments(scenario, 500)
        assert [span.first_week for span in spans] == [0, *(span.last_week_exclusive for span in spans[:-1])]
        assert spans[-1].last_week_exclusive == scenario.weeks
        assert len({str(shapes(span.rules)) for span in spans}) == 1, name


def test_a_programmes_row__reaches_the_core_as_written() -> None:
    scenario = Scenario.load("open-dialogue", {"programmes.befriending.coverage": 1})
    programmes = segments(scenario, 500)[0].rules.programmes
    assert programmes.key.tolist() == [16 + _crc32(name) % 65_000 for name in ("befriending", "open_dialogue")]
    assert programmes.uses.tolist() == [[0, 0, 1, 0], [1, 0, 1, 2]]
    assert programmes.makes.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]
    assert programmes.deliverer.tolist() == [Role.FRIEND, Role.PROFESSIONAL]
    assert [list(np.flatnonzero(row)) for row in programmes.mobilises] == [
        [Resource.RECREATIONAL_ACTIVITIES],
        [Resource.DECISION_MAKING],
    ]
    assert programmes.reciprocity.tolist() == pytest.approx([Enrol().reciprocity] * 2)
    assert programmes.expertise.tolist() == [0.5, Enrol().expert]
    assert programmes.expert_stated.tolist() == [0, 1]
    assert programmes.facilitated.tolist() == [0, 1]
    assert programmes.sessions_per_week.tolist() == [0.8, 0.5]
    assert programmes.coverage.tolist() == [1, 0.3]
    assert programmes.cost.tolist() == [20, 220]


def _crc32(name: str) -> int:
    """The checksum of a name, bit by bit, independent of zlib."""
    remainder = 0xFFFFFFFF
    for byte in name.encode():
        remainder ^= byte
        for _ in range(8):
            remainder = (remainder >> 1) ^ (0xEDB88320 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


NUMBERS = {"enrol.reciprocity": 0.8, "bond.reciprocity.professional": 0.3, "enrol.expert": 0.7}


@pytest.mark.parametrize(
    ("word", "reciprocity"), [("one_way", 0.3), ("most_reciprocal_one_way", (0.3 + 0.8) / 2), ("reciprocal", 0.8)]
)
def test_reciprocity__of_a_programme_is_between_usual_care_and_that_of_reciprocal_ones(
    word: str, reciprocity: float
) -> None:
    scenario = Scenario.load("befriending", NUMBERS | {"programmes.befriending.reciprocity": word})
    assert segments(scenario, 500)[0].rules.programmes.reciprocity.tolist() == pytest.approx([reciprocity])


@pytest.mark.parametrize(
    ("word", "own", "theirs"),
    [
        ("not_stated", 0.5, 0.7),
        ("patient", 0.7, 1 - 0.7),
        ("professional", 1 - 0.7, 0.7),
        ("peers", 0.7, 0.7),
        ("everyone", 0.7, 0.7),
    ],
)
def test_expertise__of_who_is_the_expert_counts_and_of_who_is_not_the_rest(
    word: str, own: float, theirs: float
) -> None:
    scenario = Scenario.load("befriending", NUMBERS | {"programmes.befriending.expert": word})
    programmes = segments(scenario, 500)[0].rules.programmes
    assert programmes.expertise.tolist() == pytest.approx([own])
    assert programmes.supporter_expertise.tolist() == pytest.approx([theirs])
    assert programmes.expert_stated.tolist() == [int(word != "not_stated")]


def test_a_facilitator__is_nobodys_tie() -> None:
    assert segments(Scenario.load("systemic-family-therapy"), 500)[0].rules.programmes.deliverer.tolist() == [-1]


@pytest.mark.parametrize(
    ("capacity", "n_people", "places"), [(15, 500, 75), (0.7, 1000, 7), (2.3, 1000, 23), (10, 9, 0)]
)
def test_places__are_whole_and_counted_in_decimals(capacity: float, n_people: int, places: int) -> None:
    scenario = Scenario.load("befriending", {"programmes.befriending.capacity": capacity})
    assert segments(scenario, n_people)[0].rules.programmes.places.tolist() == [places]


def test_a_staged_roll_out__opens_raises_and_widens_the_programme() -> None:
    spans = segments(Scenario.load("peer-support-roll-out"), 1000)
    told = [
        (span.first_week, row.coverage[0], row.places[0], Target(int(row.target[0])))
        for span in spans
        for row in (span.rules.programmes,)
    ]
    assert told == [
        (0, 0, 1000, Target.ALL),
        (13, 0.5, 30, Target.FEW_TIES),
        (39, 0.5, 60, Target.FEW_TIES),
        (65, 0.5, 100, Target.ALL),
    ]
    assert all(span.new_teams == [] for span in spans)


def test_a_change_for_a_group__makes_a_team_that_later_changes_for_everybody_reach(tmp_path: Path) -> None:
    entry = "[[calendar]]\nweek = {}\nset = {{ {} }}\n{}\n"
    spans = rules_in(
        tmp_path,
        'based_on = "today"\n'
        + entry.format(10, '"services.caseload" = 12', 'target = "few_ties"')
        + entry.format(10, '"services.continuity" = 0.9', 'target = "few_ties"')
        + entry.format(20, '"services.caseload" = 30', "")
        + entry.format(30, '"services.turnover" = 1', 'target = "lonely"')
        + entry.format(40, '"services.turnover" = 2', 'target = "few_ties"'),
    )
    assert [span.new_teams for span in spans] == [
        [],
        [(Target.FEW_TIES, 1)],
        [],
        [(Target.LONELY, 2)],
        [(Target.FEW_TIES, 3)],
    ]
    levers = [span.rules.services for span in spans]
    assert [row.caseload.tolist() for row in levers] == [
        [25, 25, 25, 25],
        [25, 12, 25, 25],
        [30, 30, 30, 30],
        [30, 30, 30, 30],
        [30, 30, 30, 30],
    ]
    assert levers[2].continuity.tolist() == [0.2, 0.9, 0.2, 0.2]
    assert levers[3].turnover.tolist() == [0.34, 0.34, 1, 0.34]
    assert levers[4].turnover.tolist() == [0.34, 0.34, 1, 2]
    assert levers[4].continuity.tolist() == [0.2, 0.9, 0.2, 0.9]  # the group keeps what it had


def test_mechanisms__are_free_off_or_held_for_some_roles_and_freed_again(tmp_path: Path) -> None:
    spans = rules_in(
        tmp_path,
        """
        based_on = "today"
        [mechanisms]
        trust = false
        presence = true
        influence = { held = 0.4 }
        communication = { held = { peer = 0.7, family = 0 } }
        [[calendar]]
        week = 50
        set = { "mechanisms.trust" = true, "mechanisms.influence.held.friend" = 0.1 }
        """,
    )
    before, after = (span.rules.mechanisms for span in spans)
    free = np.flatnonzero(np.isnan(before).all(axis=1))
    assert set(free) == set(Mechanism) - {Mechanism.TRUST, Mechanism.INFLUENCE, Mechanism.COMMUNICATION}
    assert before[Mechanism.TRUST].tolist() == [0, 0, 0, 0]
    assert before[Mechanism.INFLUENCE].tolist() == [0.4] * 4
    assert np.array_equal(before[Mechanism.COMMUNICATION], [math.nan, 0.7, math.nan, 0], equal_nan=True)
    assert np.isnan(after[Mechanism.TRUST]).all()
    assert np.array_equal(after[Mechanism.INFLUENCE], [math.nan, math.nan, 0.1, math.nan], equal_nan=True)


def test_a_mechanism_held_at_its_baseline_mean__needs_the_means() -> None:
    scenario = Scenario.load("today", {"mechanisms.trust.held": "baseline"})
    assert scenario.needs_baseline_means
    assert not Scenario.load("today", {"mechanisms.trust": False}).needs_baseline_means
    with pytest.raises(ValueError, match="baseline_means"):
        segments(scenario, 10)
    means = np.arange(28.0).reshape(7, 4) / 28
    held = segments(scenario, 10, means)[0].rules.mechanisms
    assert held[Mechanism.TRUST].tolist() == means[Mechanism.TRUST].tolist()
    assert np.isnan(np.delete(held, Mechanism.TRUST, axis=0)).all()


def test_changed_numbers__reach_the_rules() -> None:
    changed = segments(Scenario.load("today", {"meet.rate.family": 2, "costs.post": 1}), 10)[0].rules.parameters
    assert (changed.meet.rate.family, changed.costs.post) == (2, 1)
    assert changed.meet.rate.peer == Parameters().meet.rate.peer
