"""Trials of programmes as their published counterparts were held, one each in a larger area."""

from dataclasses import replace

import numpy as np

from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.trials.design import YEAR, designed
from supportnet.experiments.trials.effects import events, hedges_g, log_ratio
from supportnet.experiments.trials.trial import MEASURES, SCALES, run_trial

PLACES = 400  # people in a trial


def effect_at_end(world: StudyWorld, programme: str, outcome: str) -> float:
    """Hedges' g at the end of treatment, of the trial that is written down for a programme."""
    design = replace(designed(programme), scenario=world.scenario.with_values({"population.patients": world.people}))
    design = replace(design, places=PLACES)
    followed, j = run_trial(design, world), MEASURES.index(outcome)
    if outcome in SCALES:
        end = list(design.times).index(design.weeks)
        return float(hedges_g(followed.seen[end, :, [j]].T, followed.treated)[0])
    counts = np.array([events(followed.seen[list(design.times).index(YEAR), :, j], followed.treated)])
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.exp(log_ratio(counts))[0])


def trials_in_psychosis(world: StudyWorld) -> dict[str, float]:
    """Befriending, music therapy and family therapy."""
    return {
        "befriending_recovery": effect_at_end(world, "befriending", "recovery"),
        "music_withdrawal": effect_at_end(world, "creative_music_therapy", "withdrawal"),
        "family_work_relapse": effect_at_end(world, "systemic_family_therapy", "relapses"),
    }


def trials_in_depression(world: StudyWorld) -> dict[str, float]:
    """Client-centred and solution-focused therapy."""
    return {
        "client_centred_distress": effect_at_end(world, "client_centred_therapy", "distress"),
        "solution_focused_distress": effect_at_end(world, "solution_focused_therapy", "distress"),
    }


def trials_among_all(world: StudyWorld) -> dict[str, float]:
    """Peer support workers and self-help groups."""
    groups = effect_at_end(world, "self_help_groups", "recovery")
    return {
        "peer_support_recovery": effect_at_end(world, "peer_support_workers", "recovery"),
        "peer_support_anxiety": effect_at_end(world, "peer_support_workers", "gad7"),
        "group_peer_recovery": groups,
        "mutual_help_harm": groups,
    }
