"""Trials of programmes as their published counterparts were held, one each in a larger area."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from supportnet.experiments.patterns.measurement import hedges_g, odds_ratio
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.randomised.design import YEAR, Design, designed
from supportnet.experiments.randomised.trial import MEASURES, SCALES, Followed, events, log_ratio, run_trial

PLACES = 400  # people in a trial
MET = 0.78  # share of people offered a befriender who ever met one: Priebe et al. 2019, doi:10.1192/bjp.2019.42
Asked = tuple[str, str]  # outcome, and when (`Design.week`)


def trial_in(world: StudyWorld, programme: str, **other: Any) -> tuple[Design, Followed]:
    """The trial that is written down for a programme, in this world, with what is given changed."""
    written, area = designed(programme), world.scenario
    if programme not in area.every_programme:
        numbers = {f"parameters.{name}": number for name, number in area.parameters.items()}
        area = written.scenario.with_values(numbers)
    area = area.with_values({"population.patients": world.people})
    design = replace(written, scenario=area, places=PLACES, **other)
    return design, run_trial(design, world)


def effects_in(design: Design, followed: Followed, asked: Mapping[str, Asked]) -> dict[str, float]:
    """Hedges' g, or a risk ratio of what happens at most once, by the name of the value."""
    return {name: effect(design, followed, *one) for name, one in asked.items()}


def effect(design: Design, followed: Followed, outcome: str, when: str) -> float:
    """Treated less control, or over control, of one outcome; not a number in a group without people."""
    seen = outcome_at(design, followed, outcome, design.week(when))
    if outcome in SCALES:
        return float(hedges_g(seen[:, None], followed.treated)[0])
    counts = np.array([events(seen, followed.treated)])
    if not counts[0, 1::2].all():
        return float("nan")
    if not counts[0, ::2].all():  # it happened to nobody of one group: half a case to each cell
        counts += [0.5, 1.0, 0.5, 1.0]
    return float(np.exp(log_ratio(counts))[0])


def outcome_at(design: Design, followed: Followed, outcome: str, week: int) -> np.ndarray:
    """(participants,) An outcome in the week after entry in which people are asked that is next to this one."""
    times = list(design.times)
    nearest = min(times, key=lambda time: abs(time - week))
    return np.asarray(followed.seen[times.index(nearest), :, MEASURES.index(outcome)])


def trials_in_psychosis(world: StudyWorld) -> dict[str, float]:
    """Befriending and music therapy."""
    return {
        **effects_in(*trial_in(world, "befriending"), {"befriending_recovery": ("recovery", "end")}),
        **effects_in(*trial_in(world, "creative_music_therapy"), {"music_withdrawal": ("withdrawal", "end")}),
    }


def family_work(world: StudyWorld) -> dict[str, float]:
    """Family therapy after a crisis: relapse within a year, as the ratio of risks and as that of odds."""
    design, followed = trial_in(world, "systemic_family_therapy")
    relapsed = outcome_at(design, followed, "relapses", YEAR)
    seen = np.isfinite(relapsed)
    return {
        **effects_in(design, followed, {"family_work_relapse": ("relapses", "12 months")}),
        "family_work_relapse_odds": odds_ratio(followed.treated[seen], relapsed[seen] > 0.0),
    }


def trials_in_depression(world: StudyWorld) -> dict[str, float]:
    """Client-centred and solution-focused therapy."""
    return {
        **effects_in(*trial_in(world, "client_centred_therapy"), {"client_centred_distress": ("distress", "end")}),
        **effects_in(*trial_in(world, "solution_focused_therapy"), {"solution_focused_distress": ("distress", "end")}),
    }


def befriending_with_take_up(world: StudyWorld) -> dict[str, float]:
    """Befriending of whom as many never meet their befriender as in its trial, by intention to treat."""
    asked = {
        "befriending_contacts": ("contacts_friend", "end"),
        "befriending_distress": ("distress", "end"),
        "befriending_withdrawal": ("withdrawal", "end"),
    }
    return effects_in(*trial_in(world, "befriending", take_up=MET), asked)


def peer_support(world: StudyWorld) -> dict[str, float]:
    """Peer support workers: recovery and anxiety at the end, admissions within a year, the rest half a year later."""
    asked = {
        "peer_support_recovery": ("recovery", "end"),
        "peer_support_anxiety": ("gad7", "end"),
        "peer_work_recovery": ("recovery", "end"),
        "peer_work_hope": ("hope", "6 months later"),
        "peer_work_empowerment": ("empowerment", "6 months later"),
        "peer_work_withdrawal": ("withdrawal", "6 months later"),
        "peer_work_admissions": ("admissions", "12 months"),
    }
    return effects_in(*trial_in(world, "peer_support_workers"), asked)


def self_help(world: StudyWorld) -> dict[str, float]:
    """Self-help groups: recovery at the end, for the rows that compare it with different ranges."""
    names = ("group_peer_recovery", "mutual_help_harm", "peer_groups_recovery")
    return effects_in(*trial_in(world, "self_help_groups"), dict.fromkeys(names, ("recovery", "end")))


def families_together(world: StudyWorld) -> dict[str, float]:
    """Several families in a session against one, after a crisis: ratio of the risks of relapse within two years."""
    several, one = (
        risk_within(*trial_in(world, programme, entry="crisis"), 2 * YEAR)
        for programme in ("multi_family_groups", "systemic_family_therapy")
    )
    return {"multi_family_relapse": several / one if one else np.nan}


def risk_within(design: Design, followed: Followed, week: int) -> float:
    """Share of those allotted to the programme who have relapsed by this week after entry."""
    return float(np.nanmean(outcome_at(design, followed, "relapses", week)[followed.treated]))


def carers_together(world: StudyWorld) -> dict[str, float]:
    """Carers' groups, to which the person does not come: strain of the relatives, and the person's admissions."""
    asked = {"carers_groups_strain": ("carer_strain", "end"), "carers_groups_admissions": ("admissions", "12 months")}
    return effects_in(*trial_in(world, "carers_groups"), asked)
