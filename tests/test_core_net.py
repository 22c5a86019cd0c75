"""The compiled core and the plain reference live the same weeks in networks made by hand, at the extremes of who knows
whom."""

from typing import Any

import numpy as np
import pytest

from supportnet.sim.area.invariants import verify
from supportnet.sim.area.population import Area
from supportnet.sim.area.week import live_weeks
from supportnet.sim.enums import SERVICE, Role
from supportnet.sim.randomness import rng_key
from supportnet.sim.rules import Rules, orders
from supportnet.sim.state import N_SEEN, OUTSIDER, UNMATCHED, Seen, Sums, WorkBuffers, World, zeros
from tests.reference import Reference
from tests.worlds import add_tie, empty_world, plain_rules, programme

N, SEED = 8, 4
LIVELY = {
    "net.embeddedness": 1.2, "net.shared_load": 0.5, "net.climate": 0.2, "net.meeting": 0.3, "tire.session_relief": 0.2,
    "fade.outside": 0.02, "fade.floor": 0.2, "form.chance.friend": 0.5, "form.chance.peer": 0.3,
    "form.chance.family": 0.3, "enrol.application": 0.5, "pace.slow": 0.3, "enrol.disengage": 0.05,
}  # fmt: skip
OTHERS = (Role.FRIEND, Role.FAMILY, Role.PEER, Role.FAMILY)


def area_of(world: World) -> Area:
    """A world made by hand, as the core takes it."""
    n, n_posts = len(world.people), len(world.several) - len(world.people)
    sums = zeros(Sums, n_posts + n)
    return Area(world, WorkBuffers(0, np.arange(n, dtype=np.int32), n_posts, sums, np.zeros((1, N_SEEN))))


def network(n_ties: int, density: float, relatives: float = 10.0) -> World:
    """People with so many ties each, the first with the service, of whose supporters such a share know each other."""
    rng = np.random.default_rng(n_ties)
    world = empty_world(N, tie_slots_per_person=min(64, n_ties + 30), n_programmes=3)
    world.people["time"] = 4.0
    world.people["looking"] = 1
    world.several["capacity"][0] = 5.0
    roles = [role for role in OTHERS if relatives or role != Role.FAMILY]
    for person in range(N):
        for slot in range(n_ties):
            columns = dict(rate=0.8, capacity=0.4, strength=rng.uniform(0.15, 0.9), criticism=rng.random())
            columns["trust"] = rng.uniform(0.2, 0.8)  # equal trust could be ordered either way by rounding
            if slot == 0:
                add_tie(world, person, Role.PROFESSIONAL, origin=SERVICE, **columns)
            else:
                role = roles[slot % len(roles)]
                add_tie(world, person, role, supporter=UNMATCHED if role == Role.PEER else OUTSIDER, **columns)
        first = int(world.people["first"][person])
        for one in range(n_ties):
            for other in range(one):
                if rng.random() < density:
                    world.ties["knows"][first + one] |= 1 << other
                    world.ties["knows"][first + other] |= 1 << one
    world.people["relatives"] = relatives
    world.people["wished_size"] = 25.0
    return world


def lively_rules(kin: float, other: float, making: bool) -> Rules:
    """Rules under which much happens; programmes of which one is a group, if any may bring people along."""
    community = programme(
        key=700, uses={Role.PROFESSIONAL: 2, Role.PEER: 3}, makes={Role.PROFESSIONAL, Role.PEER}, facilitated=1,
        group=1, deliverer=Role.PROFESSIONAL, sessions_per_week=2.0, weeks=8.0, keeps_staff=0, coverage=float(making),
    )  # fmt: skip
    meeting = programme(key=701, uses={Role.FAMILY: 3, Role.FRIEND: 1}, facilitated=1, weeks=12.0, network_share=0.6)
    carers = programme(key=702, uses={Role.FAMILY: 2}, facilitated=1, without_person=1, weeks=8.0)
    values = LIVELY | {"net.kin": kin, "net.other": other}
    services = [{"turnover": 8.0, "continuity": 0.5}]
    return plain_rules(values, services=services, programmes=[community, meeting, carers])


NETWORKS = [
    (0, 0.0, 10.0),
    (1, 0.0, 10.0),
    (2, 1.0, 10.0),
    (10, 0.3, 10.0),
    (10, 0.3, 0.0),
    (34, 1.0, 10.0),
    (40, 0.0, 10.0),
    (64, 0.5, 10.0),
    (64, 1.0, 10.0),
]


def every_network() -> list[Any]:
    """With how often new ties know the others: never, as a rule, always; large networks are fast as a rule only."""
    grid = [(*network, *new) for network in NETWORKS for new in ((0.0, 0.0), (0.6, 0.2), (1.0, 1.0))]
    return [pytest.param(*one, marks=pytest.mark.slow if one[0] >= 40 and one[3] != 0.6 else ()) for one in grid]


@pytest.mark.parametrize(("n_ties", "density", "relatives", "kin", "other"), every_network())
def test_core__agrees_with_the_reference_whoever_knows_whom(
    n_ties: int, density: float, relatives: float, kin: float, other: float
) -> None:
    area, rules = area_of(network(n_ties, density, relatives)), lively_rules(kin, other, making=n_ties < 60)
    assert verify(area) == []
    plain = Reference.from_world(area.world, rules, SEED, 0)
    packed, key, seen = orders(rules), rng_key(SEED, 0), np.zeros((1, N_SEEN))
    for week in range(20):
        live_weeks(area.world, packed, area.desk, key, week, 1, 1, seen)
        plain.step()
        assert plain.verify_against(area.world) == [], f"week {week}"
        assert verify(area) == []
        pairs = sum(len(tie.acquaintances) for person in plain.persons for tie in person.ties) // 2
        assert seen[0, Seen.SUPPORTER_TIES] == pairs
    kinds = {event[0] for events in plain.events.values() for event in events}
    assert kinds >= {"tie ends", "joins", "sessions", "fellows"}
