"""People at one time: kinds of networks, recovery and its correlates."""

from contextlib import suppress

import numpy as np
from scipy.cluster.vq import ClusterError, kmeans2
from scipy.spatial.distance import cdist

from supportnet.experiments.patterns.measurement import Ties, Values, correlation, measured_qpr, service_trust
from supportnet.experiments.patterns.world import YEAR, StudyWorld
from supportnet.sim.enums import Role

STARTS, RESAMPLES = 10, 50
KINDS = 3
HALF_A_YEAR = 26


def one_time(world: StudyWorld) -> dict[str, float]:
    """People interviewed once, after two years, and again half a year later."""
    run, rng = world.area(), world.rng("one time")
    run.advance(2 * YEAR)
    people, ties = run.area.world.people, Ties(run)
    best = np.zeros(len(people))
    np.maximum.at(best, ties.of, ties.now.strength.astype(np.float64) * ties.now.trust)
    critical = np.bincount(ties.of, ties.now.critical > 0.5, len(people))
    qpr, trust = measured_qpr(run, rng), service_trust(run)
    reciprocity = [
        ties.now.reciprocity[ties.role(role)].mean() for role in (Role.FAMILY, Role.FRIEND, Role.PROFESSIONAL)
    ]
    months = people.weeks_clinical >= 2 * YEAR
    features = np.column_stack(
        [
            people.n_ties,
            *(ties.count(ties.role(role)) / np.maximum(people.n_ties, 1) for role in Role),
            people.recent.sum(axis=(1, 2)),
            best,
        ]
    )
    alliance = trust + rng.normal(0.0, run.scenario.all_parameters.measure.alliance * np.nanstd(trust), len(trust))
    run.advance(HALF_A_YEAR)
    served = ~np.isnan(alliance)
    return {
        **kinds_of_networks(features, rng),
        "best_tie_beyond_size": correlation(best, qpr) - abs(correlation(people.n_ties, qpr)),
        "critical_recovery": correlation(critical, qpr),
        "reciprocity_order": float(reciprocity[0] > reciprocity[1] > reciprocity[2]),
        "recovered_two_years": float((months & (run.week - people.relapse_week > 2 * YEAR)).mean()),
        "alliance_later_recovery": correlation(alliance[served], measured_qpr(run, rng)[served]),
    }


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
