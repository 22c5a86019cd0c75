"""Two views of a tie: both sides say which of the 12 support functions are there, and rate the alliance (odd.md, 7.9).

Only reciprocity and the power balance are named as functions in Lauzier-Jobin & Houle 2024 (doi:10.1007/
s40737-022-00324-1); the other ten are this project's working set, as is what each function is read from. The noise is
the same for all 12: that the sides agree least on those two comes out of where each side stands.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.derived import owners
from supportnet.sim.area.population import Pool, tie_rows
from supportnet.sim.enums import Role, SupportFunction
from supportnet.sim.jit import compiled_with_memory
from supportnet.sim.kernels.form import MIDDLE
from supportnet.sim.parameters import Parameters
from supportnet.sim.randomness import Draw, Key, normal, philox_words

if TYPE_CHECKING:
    from supportnet.sim.area.simulation import Simulation

Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]
VIEW = int(Draw.VIEW)
N_FUNCTIONS = len(SupportFunction)
N_DRAWS = 16  # normal numbers a side: the 12 functions, then the alliance
ALLIANCE = 12
PATIENT, SUPPORTER = 0, 1  # the two sides


class State(NamedTuple):
    """What functions are read from: one entry a tie, or a role where it tells what is usual."""

    mechanisms: Doubles  # (n, 7) of the last contact
    since: Doubles  # weeks since then
    trust: Doubles
    strength: Doubles
    friction: Doubles
    reciprocity: Doubles
    expertise: Doubles  # how far the person's own knowledge counts
    supporter_expertise: Doubles  # how far the supporter's does
    warmth: Doubles
    competence: Doubles
    criticism: Doubles
    strain: Doubles  # of the supporter
    companionship: Doubles  # share of a contact that is companionship


class DyadicRatings(NamedTuple):
    """What each side says of n ties."""

    functions: Bools  # (n, 2, 12) person's side, supporter's side
    alliance: Doubles  # (n, 2) 0-1


@compiled_with_memory
def rating_noise(identity: NDArray[np.uint32], name: NDArray[np.uint32], week: int, key: Key) -> Doubles:
    """Normal numbers for both sides of each tie: (n, 2, 16)."""
    drawn = np.empty((identity.shape[0], 2, N_DRAWS))
    for tie in range(identity.shape[0]):
        for side in range(2):
            for block in range(N_DRAWS // 4):
                four = philox_words(VIEW, N_DRAWS // 4 * side + block, week, identity[tie], name[tie], key)
                for k in range(4):
                    drawn[tie, side, 4 * block + k] = normal(four[k])
    return drawn


def felt(state: State, memory: float) -> Doubles:
    """How much of each function a tie holds, (n, 12), before anybody looks at it from anywhere.

    What passes in contacts is read from the last one and counts less the longer ago that was.
    """
    presence, _, communication, emotional, problem, influence, _ = (
        state.mechanisms * (memory / (memory + state.since))[:, None]
    ).T
    one, other = state.expertise, state.supporter_expertise
    balance = 2.0 * np.minimum(one, other) / np.maximum(one + other, 1e-9)
    by_function = {
        SupportFunction.EMOTIONAL_SUPPORT: emotional,
        SupportFunction.COMPANIONSHIP: presence * state.warmth * state.companionship,
        SupportFunction.INSTRUMENTAL_SUPPORT: presence * state.strength,
        SupportFunction.INFORMATIONAL_SUPPORT: communication * state.competence,
        SupportFunction.VALIDATION: communication * (1.0 - state.criticism),
        SupportFunction.PRESENCE: presence,
        SupportFunction.COMMUNICATION: communication,
        SupportFunction.INFLUENCE: influence,
        SupportFunction.TRUST: state.trust * (1.0 - state.friction),
        SupportFunction.PROBLEM_FOCUSED_SUPPORT: problem,
        SupportFunction.RECIPROCITY: state.reciprocity * presence,
        SupportFunction.POWER_BALANCE: balance * presence,
    }
    return np.stack([by_function[function] for function in SupportFunction], axis=1)


def usual(pool: Pool, parameters: Parameters) -> State:
    """What is usual for each role (rows), from the people that the area starts from."""
    ties, some = pool.ties, len(pool.ties) > 0

    def mean(column: Any, role: Role) -> float:
        of_role = column[ties.role == role]
        rest = column if some else np.full(1, 0.5)
        return float((of_role if len(of_role) else rest).mean(dtype=np.float64))

    strain = ties.strain.copy()
    strain[ties.role == Role.PROFESSIONAL] = pool.staff_strain.mean() if len(pool.staff_strain) else 0.0
    with np.errstate(invalid="ignore"):
        anybody = np.nan_to_num(np.nanmean(pool.mechanisms, axis=1), nan=0.5)
    columns = {
        name: np.array([mean(strain if name == "strain" else ties[name], role) for role in Role])
        for name in State._fields
        if name not in ("mechanisms", "since", "companionship", "supporter_expertise")
    }
    mechanisms = np.where(np.isnan(pool.mechanisms), anybody[:, None], pool.mechanisms).T
    professional, lay = parameters.enrol.expert, parameters.bond.expertise
    by_role = {
        "companionship": np.array([parameters.views.companionship, 1.0, 1.0, 1.0]),
        "supporter_expertise": np.array([professional, lay, lay, lay]),
    }
    return State(mechanisms, np.zeros(len(Role)), **columns, **by_role)


def now(simulation: "Simulation", common: State) -> State:
    """The state of all ties alive. A contact from before the run began is taken as usual for the role."""
    world, rows = simulation.area.world, tie_rows(simulation.area.world.people)
    ties = world.ties[rows]
    mechanisms = last_mechanisms(simulation)
    before = (ties.since >= simulation.week) & (ties.since < ties.age)
    never = ties.since >= ties.age
    mechanisms = np.where(before[:, None], common.mechanisms[ties.role], np.where(never[:, None], 0.0, mechanisms))
    strain = np.where(ties.supporter >= 0, world.several.strain[ties.supporter], ties.strain)
    columns = {name: ties[name].astype(np.float64) for name in State._fields if name in ties.dtype.names}
    columns |= {"mechanisms": mechanisms, "strain": strain.astype(np.float64)}
    columns |= {name: getattr(common, name)[ties.role] for name in ("companionship", "supporter_expertise")}
    return State(**columns)


def last_mechanisms(simulation: "Simulation") -> Doubles:
    """(n, 7) mechanisms of the last contact of each tie alive; NaN where there was none since the run began."""
    world, rows = simulation.area.world, tie_rows(simulation.area.world.people)
    if len(world.last) == 0:
        raise ValueError("nothing was recorded: make the simulation with record=True")
    ties = world.ties[rows]
    seen = (ties.since < simulation.week) & (ties.since < ties.age)
    return np.where(seen[:, None], world.last[rows], np.nan).astype(np.float64)


def views_of(simulation: "Simulation") -> DyadicRatings:
    """What both sides of every tie alive say, in the order of ties; needs `record=True`.

    A function is said to be present where the logarithm of what is felt, against what is usual, with the side's
    vantage point and its noise, is above that of `views.enough`.
    """
    world, rows = simulation.area.world, tie_rows(simulation.area.world.people)
    parameters, people, ties = simulation.scenario.all_parameters, world.people, world.ties[rows]
    numbers, owner = parameters.views, owners(people)
    common = usual(simulation.pool, parameters)
    state = now(simulation, common)
    levels, typical = felt(state, numbers.memory), felt(common, numbers.memory)
    framed = typical**numbers.frame * typical.mean(axis=0) ** (1.0 - numbers.frame)
    with np.errstate(divide="ignore"):
        heard = np.log(levels / framed[ties.role])
    noise = rating_noise(people.identity[owner], ties.key, simulation.week, simulation.key)
    shift = vantage(simulation, state, common, ties, owner)
    says = heard[:, None, :] + shift + numbers.noise * noise[:, :, :N_FUNCTIONS] > np.log(numbers.enough)
    return DyadicRatings(says, rate_alliance(simulation, state, common, ties, noise[:, :, ALLIANCE]))


def vantage(simulation: "Simulation", state: State, common: State, ties: Any, owner: NDArray[np.int64]) -> Doubles:
    """What each side's place adds to or takes from what it sees, (n, 2, 12), on the scale of logarithms."""
    parameters, people = simulation.scenario.all_parameters, simulation.area.world.people
    numbers, shift = parameters.views, np.zeros((len(ties), 2, N_FUNCTIONS))
    openness = simulation.orders.services.boundary_openness[people.team[owner]]
    unsaid = np.where(ties.role == Role.PROFESSIONAL, numbers.distance * (1.0 - openness), 0.0)
    tired = numbers.strain * (state.strain - common.strain[ties.role])
    shift[:, SUPPORTER, SupportFunction.RECIPROCITY] = -unsaid - tired
    wanted = people.wanted[owner].astype(np.float64) - MIDDLE
    shift[:, PATIENT, SupportFunction.RECIPROCITY] = -numbers.wanted * wanted
    empowerment = people.processes[owner, 4].astype(np.float64) - parameters.centre.empowerment
    shift[:, PATIENT, SupportFunction.POWER_BALANCE] = numbers.empowerment * empowerment
    return shift


def rate_alliance(simulation: "Simulation", state: State, common: State, ties: Any, noise: Doubles) -> Doubles:
    """Trust as each side rates it, (n, 2): with measurement error, and for the supporter less where strain is high."""
    parameters, pool = simulation.scenario.all_parameters, simulation.pool
    spread = np.array([pool.ties.trust[pool.ties.role == role].std() if len(pool.ties) else 0.0 for role in Role])
    error = parameters.measure.alliance * np.nan_to_num(spread)[ties.role, None] * noise
    tired = np.exp(-parameters.views.strain * np.maximum(0.0, state.strain - common.strain[ties.role]))
    seen = np.stack([state.trust, state.trust * tired], axis=1)
    rated: Doubles = np.clip(seen + error, 0.0, 1.0)
    return rated
