"""People, ties and ties among supporters of a simulation as tables, with the columns of the files of a run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.sim.area.derived import (
    acquaintances,
    engaged,
    gad7_score,
    owners,
    participants,
    phq9_score,
    recovery_of,
    served,
)
from supportnet.sim.area.empirical_population import sample_interviews
from supportnet.sim.area.population import count_roles, tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Mechanism, Process, Role, SupportFunction
from supportnet.sim.measurement.dyadic_ratings import last_mechanisms, views_of
from supportnet.sim.network_file.format import PAIR
from supportnet.sim.network_file.reader import Networks
from supportnet.sim.randomness import rng_key

if TYPE_CHECKING:
    from collections.abc import Callable

MECHANISMS = ["trust_felt" if mechanism is Mechanism.TRUST else mechanism.word for mechanism in Mechanism]


def recorded_people(simulation: Simulation) -> pd.DataFrame:
    """One row a person, as the week has left them."""
    people, week = simulation.area.world.people, simulation.week
    numbers = simulation.scenario.all_parameters.thresholds
    clinical = (people.weeks_clinical >= numbers.remission_weeks) & (
        week - 1 - people.relapse_week >= numbers.relapse_free_weeks
    )
    columns = {"week": week, "patient": people.identity.astype(np.int64), "recovery": recovery_of(people)}
    columns |= {process.word: people.processes[:, process] for process in Process}
    columns |= {
        "qpr": 60.0 * recovery_of(people),
        "distress": people.distress,
        "withdrawal": people.withdrawal,
        "phq9": phq9_score(people.distress),
        "gad7": gad7_score(people.distress, people.anxiety),
        "in_crisis": people.crisis > 0,
        "relapses": people.relapses,
        "admissions": people.admissions,
    }
    networks, alliance = _networks_of_people(simulation)
    columns |= {**networks, "loneliness": people.loneliness}
    contacts = people.recent.sum(axis=1, dtype=np.int32)  # weeks modulo 4, by role
    columns |= {f"contacts_{role.word}": contacts[:, role] for role in Role}
    columns |= {
        "alliance": alliance,
        "programmes": _programmes(simulation),
        "sessions_attended": people.sessions,
        "engaged": engaged(served(simulation.area.world), people.since_service, numbers),
        "recovered_personal": people.weeks_personal >= numbers.recovered_weeks,
        "recovered_clinical": clinical,
    }
    return pd.DataFrame(columns)


def ties_table(simulation: Simulation) -> pd.DataFrame:
    """One row a tie alive; needs a simulation made with `record=True`.

    A mechanism is NaN where the tie has had no contact since the run began.
    """
    world, rows = simulation.area.world, tie_rows(simulation.area.world.people)
    ties, owner = world.ties[rows], owners(world.people)
    roles, origins = np.array(Role.words()), np.array([*simulation.programme_names, "service", "natural"])
    mechanisms, views = last_mechanisms(simulation), views_of(simulation)
    columns: dict[str, Any] = {
        "week": simulation.week,
        "patient": world.people.identity[owner].astype(np.int64),
        "supporter": _supporters(simulation, ties, owner),
        "role": roles[ties.role],
        "origin": origins[ties.origin],
    }
    columns |= {name: ties[name] for name in ("strength", "trust", "reciprocity", "expertise", "friction")}
    columns |= {"age_weeks": ties.age, "weeks_since_contact": ties.since, "ruptured": ties.ruptured != 0}
    columns |= {name: mechanisms[:, k].astype(np.float32) for k, name in enumerate(MECHANISMS)}
    for function in SupportFunction:
        for side, name in enumerate(("patient", "supporter")):
            columns[f"{function.word}_{name}"] = views.functions[:, side, function]
    columns |= {"alliance_patient": views.alliance[:, 0], "alliance_supporter": views.alliance[:, 1]}
    return pd.DataFrame(columns)


def supporter_ties_table(simulation: Simulation) -> pd.DataFrame:
    """One row a pair of one person's supporters who know each other; a is the one who comes first among
    the person's ties."""
    world = simulation.area.world
    owner, pairs = owners(world.people), acquaintances(world)
    names = np.array(_supporters(simulation, world.ties[tie_rows(world.people)], owner), object)[pairs]
    patients = world.people.identity[owner[pairs[:, 0]]].astype(np.int64)
    ends = {end: pd.Series(names[:, side], dtype="str") for side, end in enumerate(PAIR)}
    return pd.DataFrame({"week": simulation.week, "patient": patients, **ends})


def who_is_who(networks: Networks, n_people: int, seed: int, replicates: Sequence[int]) -> pd.DataFrame:
    """Who of a run is who of the interviews, as `interviews_table`; for each replicate, where samples of interviews
    differ from one to the next."""
    samples = [sample_interviews(networks, n_people, rng_key(seed, replicate)) for replicate in replicates]
    if all(np.array_equal(sample, samples[0]) for sample in samples):
        return interviews_table(networks, samples[0])
    tables = {number: interviews_table(networks, sample) for number, sample in zip(replicates, samples, strict=True)}
    return pd.concat(tables, names=["replicate"]).reset_index("replicate").reset_index(drop=True)


def interviews_table(networks: Networks, sample: NDArray[np.int64]) -> pd.DataFrame:
    """Who of a replicate is who of the interviews: patient, interview; supporter as in `ties.parquet` (the service's
    professional, who changes, is called "service"), alter. One row a tie of the first day; a row without supporter for
    whoever has none.

    sample: (people,) the interview of each.
    """
    roles, service = np.array(Role.words()), networks.role == Role.PROFESSIONAL
    ties = pd.DataFrame({"row": networks.patient, "role": roles[networks.role], "alter": networks.supporters})
    ties["number"] = ties.groupby(["row", "role"]).cumcount()
    people = pd.DataFrame({"patient": np.arange(len(sample)), "row": sample})
    people["interview"] = np.array(networks.patients, object)[people["row"]]
    ties["service"] = service & (ties["number"] == 0)
    table = people.merge(ties, on="row", how="left", sort=False).sort_values("patient", kind="stable")
    names = [
        f"{role}-{patient}-{number:.0f}" if isinstance(role, str) else None
        for role, patient, number in zip(table["role"], table["patient"], table["number"], strict=True)
    ]
    table["supporter"] = np.where(table["service"].eq(True), "service", np.array(names, object))
    return table[["patient", "interview", "supporter", "alter"]].reset_index(drop=True)


TABLES: "dict[str, dict[str, Callable[[Simulation], pd.DataFrame]]]" = {  # by what is recorded
    "people": {"people": recorded_people},
    "ties": {"ties": ties_table, "supporter_ties": supporter_ties_table},
}


def ties_by_role(simulation: Simulation) -> NDArray[np.int64]:
    """(people, 4) how many ties each person has with supporters of each role."""
    world = simulation.area.world
    return count_roles(world.people, world.ties[tie_rows(world.people)])


def _networks_of_people(
    simulation: Simulation,
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Size, ties by role and strongest tie of each person; mean trust of professional ties."""
    world = simulation.area.world
    ties, owner, n = world.ties[tie_rows(world.people)], owners(world.people), len(world.people)
    by_role = ties_by_role(simulation)
    strongest = np.zeros(n, np.float32)
    np.maximum.at(strongest, owner, ties.strength)
    professional = ties.role == Role.PROFESSIONAL
    trust = np.bincount(owner[professional], ties.trust[professional].astype(np.float64), minlength=n)
    with np.errstate(invalid="ignore"):
        alliance = trust / by_role[:, Role.PROFESSIONAL]
    by_role_name = {f"n_{role.word}": by_role[:, role] for role in Role}
    networks = {"network_size": by_role.sum(axis=1), **by_role_name, "strongest_tie": strongest}
    return networks, alliance


def _programmes(simulation: Simulation) -> NDArray[np.object_]:
    """Names of the programmes that each person is in, comma-separated."""
    names = np.full(simulation.n_people, "", object)
    for name, inside in zip(simulation.programme_names, participants(simulation.area.world.places), strict=True):
        names[inside] = [f"{before},{name}" if before else name for before in names[inside]]
    return names


def _supporters(simulation: Simulation, ties: Any, owner: NDArray[np.int64]) -> list[str]:
    """A name for each supporter, the same for the same supporter: a post's holder, a fellow patient, somebody of one's
    own (counted for each person and role or programme)."""
    people, n_posts = simulation.area.world.people, simulation.area.desk.n_posts
    programmes = simulation.orders.programmes.key
    kinds = dict(enumerate(Role.words())) | dict(zip(programmes.tolist(), simulation.programme_names, strict=True))
    named = []
    for supporter, key, i in zip(ties.supporter.tolist(), ties.key.tolist(), owner.tolist(), strict=True):
        if 0 <= supporter < n_posts:
            named.append(f"post-{supporter}-{people.holder[i]}")
        elif supporter >= n_posts:
            named.append(f"patient-{people.identity[supporter - n_posts]}")
        else:
            named.append(f"{kinds[key >> 16]}-{people.identity[i]}-{key & 0xFFFF}")
    return named
