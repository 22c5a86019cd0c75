"""Small worlds made by hand, for tests: nothing in them is drawn, every number is neutral until a test sets it."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from supportnet.sim.enums import NATURAL, SERVICE, Mechanism, Role, Target
from supportnet.sim.parameters import Parameters, with_values
from supportnet.sim.rules import Programmes, Rules, Services
from supportnet.sim.state import LONG_AGO, NEVER, Person, Place, SharedSupporter, Tie, World, zeros

# Steering luck by extreme numbers, to be merged into `values` of plain_rules.
CALM = {  # nobody's state moves by chance
    "recover.noise": 0.0, "clinic.event_chance": 0.0, "clinic.relapse_hazard.psychosis": 0.0,
    "clinic.relapse_hazard.affective": 0.0,
}  # fmt: skip
SETTLED = {  # no tie begins or ends; relatives' criticism stays, too, at the pace of coming back to services
    "fade.floor": 0.0, "fade.outside": 0.0, "fade.leaving": 0.0, "form.chance.peer": 0.0, "form.chance.friend": 0.0,
    "form.chance.family": 0.0, "enrol.disengage": 0.0, "pace.slow": 0.0, "enrol.back_in_crisis": 0.0,
    "enrol.dropout": 0.0,
}  # fmt: skip
WELL = {"help.well_base": 1e9}  # every contact goes well
BADLY = {"help.well_base": -1e9}
SURELY: dict[str, float] = dict(rate=200.0, capacity=1e6)  # columns of a tie: natural contact is certain

BYTES = ("deliverer", "expert_stated", "facilitated", "non_verbal", "keeps_staff", "group", "without_person", "target")
NOBODY = -1  # facilitator as deliverer; tie with a supporter of one's own; no post


def empty_world(n: int, tie_slots_per_person: int = 8, n_posts: int = 1, n_programmes: int = 0) -> World:
    """A world of n people without ties, in good spirits and without luck of their own.

    Rows of `several`: n_posts posts, then the n people. Everybody belongs to post 0 where there is one. Traits and
    resources are .5, distress is vulnerability (.2), withdrawal its own level (.3), loneliness .2, processes .6. The
    week is never too short.
    """
    people, places = zeros(Person, n), zeros(Place, n_programmes, n)
    several, ties = zeros(SharedSupporter, n_posts + n), zeros(Tie, n * tie_slots_per_person)
    people["identity"] = np.arange(n)
    people["first"] = np.arange(n) * tie_slots_per_person
    neutral = dict(
        rows=tie_slots_per_person, post=0 if n_posts else NOBODY, access=1, vulnerability=0.2, own_withdrawal=0.3,
        own_skill=0.5, wanted=0.5, wished_size=10.0, relatives=10.0, need=0.8, own_resources=0.5, processes=0.6,
        resources=0.5, distress=0.2, withdrawal=0.3, loneliness=0.2, skill=0.5, relapse_week=LONG_AGO, share=1.0,
        time=1e9,
    )  # fmt: skip
    for name, value in neutral.items():
        people[name] = value
    several["capacity"], several["availability"] = 100.0, 1.0
    several["competence"][:n_posts], several["warmth"][:n_posts] = 0.7, 0.6
    places["weeks_in"], places["weeks_out"] = -1, NEVER
    return World(people, ties, several, places, last=np.zeros((0, len(Mechanism)), dtype=np.float32))


def add_tie(world: World, person: int, role: Role, *, origin: int = NATURAL, key_space: int | None = None,
            supporter: int = NOBODY, **columns: float) -> int:  # fmt: skip
    """Adds a tie as the newest of a person (by row) and returns its row.

    The key gets the next running number of its space: the role's, or `key_space` for a programme's tie. `supporter`
    is a row of `several`, -1 or -2. Fields of `state.Tie` given by name replace the neutral ones.
    """
    people, ties = world.people, world.ties
    row = int(people["first"][person] + people["n_ties"][person])
    assert people["n_ties"][person] < people["rows"][person], "no free row left for this person's ties"
    if origin >= 0:
        assert key_space is not None, "a programme's tie needs the programme's key"
        made = world.places["made"][origin]
        key = 65536 * key_space + int(made[person])
        made[person] += 1
    else:
        key = 65536 * role + int(people["made"][person, role])
        people["made"][person, role] += 1
    if origin == SERVICE:
        supporter = int(people["post"][person])
        people["holder"][person] = world.several["holder"][supporter]
    neutral: dict[str, Any] = dict(
        key=key, role=role, origin=origin, supporter=supporter, strength=0.5, trust=0.5, reciprocity=0.5,
        expertise=0.5, friction=0.1, rate=0.5, ceiling=0.8, ruptured=0, trust_lost=0.0, critical=0.0,
        age=52, since=0, warmth=0.6, competence=0.5, criticism=0.1, own_criticism=0.1, strain=0.0, capacity=1.0,
    )  # fmt: skip
    for name, value in (neutral | columns).items():
        ties[name][row] = value
    people["n_ties"][person] += 1
    return row


def add_fellows(world: World, one: int, other: int, **columns: float) -> tuple[int, int]:
    """Adds the two ties of a relationship between fellow patients, with the same columns, and returns their rows."""
    n_posts = len(world.several) - len(world.people)
    return (
        add_tie(world, one, Role.PEER, supporter=n_posts + other, **columns),
        add_tie(world, other, Role.PEER, supporter=n_posts + one, **columns),
    )


def programme(**columns: Any) -> dict[str, Any]:
    """A row of `rules.Programmes`: one weekly session with two friends, open to all, for ten weeks.

    `uses` and `makes` are dicts or sets of roles, `mobilises` a set of resources.
    """
    row = dict(
        key=1000, uses={Role.FRIEND: 2}, makes=set(), deliverer=NOBODY, mobilises=set(), reciprocity=0.5,
        expertise=0.5, supporter_expertise=0.85, expert_stated=0, facilitated=0, non_verbal=0, keeps_staff=1,
        group=0, without_person=0, network_share=1.0, sessions_per_week=1.0, weeks=10.0, coverage=1.0, uptake=1.0,
        places=1000, target=Target.ALL, start=0, cost=0.0,
    ) | columns  # fmt: skip
    row["uses"] = [row["uses"].get(role, 0) for role in Role]
    row["makes"] = [int(role in row["makes"]) for role in Role]
    row["mobilises"] = [int(resource in row["mobilises"]) for resource in range(5)]
    return row


def plain_parameters() -> Parameters:
    """The numbers of plain_numbers.toml; the reference set has what is not named there."""
    with (Path(__file__).parent / "plain_numbers.toml").open("rb") as file:
        groups = tomllib.load(file)
    parameters = Parameters()
    for name, numbers in groups.items():
        group = getattr(parameters, name)
        vectors = {field: type(getattr(group, field))(*v) for field, v in numbers.items() if isinstance(v, list)}
        parameters = parameters._replace(**{name: group._replace(**(numbers | vectors))})
    return parameters


def plain_rules(values: dict[str, float] | None = None, services: Sequence[dict[str, float]] = ({},),
                programmes: Sequence[dict[str, Any]] = (), held: Any = None) -> Rules:  # fmt: skip
    """Rules of a quiet area: plain numbers with `values` by dotted name, steady staff, no programme.

    `services` has one dict of levers a team, `programmes` rows made by `programme`, `held` maps (mechanism, role)
    to the value at which it is held. Nothing checks ranges: a test steers luck by numbers such as 1e9.
    """
    quiet = Services(
        caseload=20.0, turnover=0.0, continuity=0.0, contacts_per_week=0.5, boundary_openness=0.0,
        shared_decisions=0.3, crisis_contact=2.0, coverage=1.0,
    )  # fmt: skip
    teams = [quiet._replace(**levers) for levers in services]
    mechanisms = np.full((7, 4), np.nan)
    for (mechanism, role), value in (held or {}).items():
        mechanisms[mechanism, role] = value
    return Rules(
        parameters=with_values(plain_parameters(), values or {}),
        services=Services(*(np.array(column, dtype=np.float64) for column in zip(*teams, strict=True))),
        programmes=Programmes(**{name: _column(name, programmes) for name in Programmes._fields}),
        mechanisms=mechanisms,
    )


def _column(name: str, programmes: Sequence[dict[str, Any]]) -> Any:
    width = {"uses": (-1, 4), "makes": (-1, 4), "mobilises": (-1, 5)}.get(name, (-1,))
    kind: Any = {"key": np.uint32, "places": np.int64, "start": np.int64}.get(name, np.float64)
    if len(width) > 1 or name in BYTES:
        kind = np.int8
    return np.array([row[name] for row in programmes], dtype=kind).reshape(width)
