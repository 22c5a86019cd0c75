"""People at one time: kinds of networks, recovery and its correlates."""

from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from scipy.cluster.vq import ClusterError, kmeans2
from scipy.spatial.distance import cdist

from supportnet.experiments.patterns.associations import acquaintance_counts, known_pairs
from supportnet.experiments.patterns.measurement import Ties, Values, correlation, measured_qpr, service_trust
from supportnet.experiments.patterns.world import YEAR, StudyWorld
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Role

STARTS, RESAMPLES = 10, 50
KINDS = 3
HALF_A_YEAR = 26
QUARTERS = 4


def one_time(world: StudyWorld) -> dict[str, float]:
    """People interviewed once, after two years of which the last half is watched, and again half a year later."""
    run, rng = world.area(), world.rng("one time")
    run.advance(2 * YEAR - HALF_A_YEAR)
    seen = watch_half_a_year(run)
    people, ties = run.area.world.people, Ties(run)
    best = np.zeros(len(people))
    np.maximum.at(best, ties.of, ties.now.strength.astype(np.float64) * ties.now.trust)
    qpr, trust = measured_qpr(run, rng), service_trust(run)
    reciprocity = [
        ties.now.reciprocity[ties.role(role)].mean() for role in (Role.FAMILY, Role.FRIEND, Role.PROFESSIONAL)
    ]
    features = np.column_stack(
        [
            people.n_ties,
            *(ties.count(ties.role(role)) / np.maximum(people.n_ties, 1) for role in Role),
            people.recent.sum(axis=(1, 2)),
            best,
        ]
    )
    known_by_whom = {"same_group": same_group(ties), "degree_gradient": degree_gradient(ties)}
    alliance = trust + rng.normal(0.0, run.scenario.all_parameters.measure.alliance * np.nanstd(trust), len(trust))
    run.advance(HALF_A_YEAR)
    served = ~np.isnan(alliance)
    return {
        **kinds_of_networks(features, rng),
        "best_tie_beyond_size": correlation(best, qpr) - abs(correlation(people.n_ties, qpr)),
        "critical_recovery": partial_correlation(seen.negative, qpr, seen.supportive),
        "reciprocity_order": float(reciprocity[0] > reciprocity[1] > reciprocity[2]),
        "symptomatic_remission": float(seen.in_remission.mean()),
        **known_by_whom,
        "alliance_later_recovery": correlation(alliance[served], measured_qpr(run, rng)[served]),
    }


class HalfYear(NamedTuple):
    """What half a year showed of each person."""

    in_remission: np.ndarray  # (people,) no crisis, and withdrawal below its cut, in every week
    negative: Values  # (people,) weeks in which a tie was met, by the share of its contacts that is critical, all ties
    supportive: Values  # (people,) the rest of those weeks


def watch_half_a_year(run: Simulation) -> HalfYear:
    """Watch an area for half a year, week by week; a tie met in a week counts once, however often it was met."""
    people, cut = run.area.world.people, run.scenario.all_parameters.thresholds.remission_withdrawal
    well, negative, supportive = np.ones(len(people), bool), np.zeros(len(people)), np.zeros(len(people))
    for _ in range(HALF_A_YEAR):
        run.advance(1, 0)
        well &= in_remission(people, cut)
        critical, others = contacts_by_kind(Ties(run))
        negative += critical
        supportive += others
    return HalfYear(well, negative, supportive)


def in_remission(people: Any, cut: float) -> np.ndarray:
    """(people,) Who is in symptomatic remission this week: no crisis, and withdrawal below its cut."""
    return np.asarray((people.crisis == 0) & (people.withdrawal < cut))


def contacts_by_kind(ties: Ties) -> tuple[Values, Values]:
    """(people,) Ties of all roles met this week, by the share of their contacts that is critical, and by the rest."""
    met, critical = (ties.now.since == 0).astype(np.float64), ties.now.critical.astype(np.float64)
    negative, contacts = (np.bincount(ties.of, each, ties.people) for each in (met * critical, met))
    return np.asarray(negative, np.float64), np.asarray(contacts - negative, np.float64)


def partial_correlation(a: Values, b: Values, given: Values) -> float:
    """Pearson correlation of what a straight line on a third value leaves of two."""
    design = np.column_stack([np.ones(len(given)), given])
    left = [each - design @ np.linalg.lstsq(design, each, rcond=None)[0] for each in (a, b)]
    return correlation(*left)


def same_group(ties: Ties) -> float:
    """Share of a supporter's acquaintances among the others who have the same role, as a mean over supporters with
    any."""
    knower, known = known_pairs(ties)
    if not len(knower):
        return np.nan
    _, whose = np.unique(knower, return_inverse=True)
    return float((np.bincount(whose, ties.now.role[knower] == ties.now.role[known]) / np.bincount(whose)).mean())


def degree_gradient(ties: Ties) -> float:
    """Smallest of the three falls in the number of supporters whom a supporter knows, from one quarter of importance
    (strength times trust) to the next lower one."""
    importance = ties.now.strength.astype(np.float64) * ties.now.trust
    quarter = np.searchsorted(np.quantile(importance, (0.25, 0.5, 0.75)), importance, "right")
    known = acquaintance_counts(ties)
    return float(np.diff([known[quarter == k].mean() for k in range(QUARTERS)]).min())


def kinds_of_networks(features: Values, rng: np.random.Generator) -> dict[str, float]:
    """Three clusters of networks: the least stable one's mean Jaccard similarity with its likeness among resamples, and
    the share of the three published profiles that are found, each in a separate cluster.

    features: (people, 7) size, shares of professionals, peers, friends and family, contacts in four weeks, best tie.
    """
    spread = features.std(axis=0)
    even = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    centres, kind = clusters(even, rng)
    again = np.zeros((RESAMPLES, KINDS))
    for k in range(RESAMPLES):
        rows = rng.integers(len(even), size=len(even))
        others, _ = clusters(even[rows], rng)
        theirs = cdist(even, others).argmin(axis=1)
        both = np.array([[((kind == i) & (theirs == j)).sum() for j in range(KINDS)] for i in range(KINDS)])
        either = np.array([[((kind == i) | (theirs == j)).sum() for j in range(KINDS)] for i in range(KINDS)])
        again[k] = (both / np.maximum(either, 1)).max(axis=1)
    size, professionals, family, contacts = centres[:, 0], centres[:, 1], centres[:, 4], centres[:, 5]
    diverse = int(size.argmax())
    found = [
        size.argmin() == professionals.argmax(),  # formal and sparse
        family.argmax() not in (diverse, int(size.argmin())),  # family and stable
        diverse == contacts.argmax(),  # diverse and active
    ]
    return {"network_kinds_stability": float(again.mean(axis=0).min()), "network_kinds": float(np.mean(found))}


def clusters(even: Values, rng: np.random.Generator) -> tuple[Values, np.ndarray]:
    """The best of several starts: centres (KINDS, features), and the cluster of each person."""
    tries = list[tuple[Values, np.ndarray]]()
    while len(tries) < STARTS:
        with suppress(ClusterError):  # a cluster was left empty
            tries.append(kmeans2(even, KINDS, minit="++", rng=rng, missing="raise"))
    spreads = [((even - centres[kind]) ** 2).sum() for centres, kind in tries]
    centres, kind = tries[int(np.argmin(spreads))]
    return centres, kind
