"""Effects of a trial over its replicates: standardised mean differences and risk ratios, with intervals."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.experiments.ensemble.estimates import Which, mean_of
from supportnet.experiments.ensemble.replication import Progress
from supportnet.experiments.execution.store import Store, key_of
from supportnet.experiments.execution.workers import Interrupted, map_in_threads
from supportnet.experiments.patterns.measurement import hedges_g
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.randomised.design import Design, design_values
from supportnet.experiments.randomised.trial import EVENTS, MEASURES, SCALES, Followed, events, log_ratio, run_trial
from supportnet.experiments.trials.plan import TrialPlan

Doubles = NDArray[np.float64]
MANY = 20  # trials that tell between which 95 % of them are


def simulate_trials(
    plan: TrialPlan, workers: int = 2, progress: Progress | None = None, store: Store | None = None
) -> list[list[Followed]]:
    """What each trial of a plan saw in each replicate; (designs, replicates). The same whatever the workers.

    store: keeps finished trials.
    """
    sampling, store = plan.sampling, store or Store()
    identities = [key_of(design_values(design), sampling.identity_of(design.area)) for design in plan.designs]

    def simulate_group(group: list[int], halt: Event) -> list[list[Followed]]:
        return [[follow(k, replicate, halt) for k in range(len(plan.designs))] for replicate in group]

    def follow(k: int, replicate: int, halt: Event) -> Followed:
        if halt.is_set():
            raise Interrupted
        key = key_of("trial", MEASURES, identities[k], replicate)
        return Followed(*store.result(key, lambda: simulate_trial(plan.designs[k], replicate)))

    def simulate_trial(design: Design, replicate: int) -> Followed:
        scenario, pool = sampling.world(design.scenario, replicate)
        return run_trial(replace(design, scenario=scenario), StudyWorld(scenario, pool, sampling.seed, replicate))

    rows = list[list[Followed]]()
    for _, done in map_in_threads(simulate_group, sampling.groups, workers):
        if isinstance(done, Exception):
            raise done
        rows += done
        if progress:
            progress(len(rows) / len(sampling.replicates))
    return [list(column) for column in zip(*rows, strict=True)]


def effects_of(
    plan: TrialPlan, workers: int = 2, progress: Progress | None = None, store: Store | None = None
) -> list[pd.DataFrame]:
    """The effects of each trial of a plan, as `effects` tells them. store: keeps finished trials."""
    followed = simulate_trials(plan, workers, progress, store)
    return [effects(design, one, plan.sampling.draws) for design, one in zip(plan.designs, followed, strict=True)]


def effects(design: Design, followed: Sequence[Followed], draws: Which | None = None) -> pd.DataFrame:
    """One row an outcome and time: programme, preset, entry, control, entered (people, on average), outcome, week
    (after entry), when, kind (smd or ratio), value, mcse, lower, upper (95 %, of the mean over trials), trial_lower,
    trial_upper (between which 95 % of single trials are), people (an arm, on average, who were measured), n (trials
    that could tell).

    smd: Hedges' g, treated less control, of measured values. ratio: of risks, pooled over trials, by jackknife.
    """
    about = {
        "programme": design.programme, "preset": design.scenario.population.preset, "entry": design.entry,
        "control": design.control, "entered": float(np.mean([len(one.treated) for one in followed])),
    }  # fmt: skip
    rows = []
    for k, (week, when) in enumerate(design.times.items()):
        if design.control == "waiting_list" and week > design.weeks:
            continue  # the controls have had the programme by then
        smd = np.array([hedges_g(one.seen[k, :, : len(SCALES)], one.treated) for one in followed])
        measured = np.array([np.isfinite(one.seen[k, :, 0]).sum() / 2 for one in followed]).mean()
        for j, outcome in enumerate(SCALES):
            found = about | {"outcome": outcome, "week": week, "when": when, "kind": "smd"}
            rows.append(found | summary_of(smd[:, j], draws) | {"people": measured})
        for outcome in EVENTS:
            pseudo = risk_ratio_pseudo_values(
                [events(one.seen[k, :, MEASURES.index(outcome)], one.treated) for one in followed]
            )
            found = about | {"outcome": outcome, "week": week, "when": when, "kind": "ratio"}
            rows.append(found | summary_of(pseudo, draws, of_ratio=True) | {"people": measured})
    return pd.DataFrame(rows)


def risk_ratio_pseudo_values(each: Sequence[tuple[float, float, float, float]]) -> Doubles:
    """Jackknife pseudo-values of the logarithm of the risk ratio, one a trial."""
    counts = np.array(each)
    whole, n = counts.sum(axis=0), len(counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = log_ratio(whole - counts)
        found: Doubles = n * log_ratio(whole[None]) - (n - 1) * rest
    return np.where(np.isfinite(found), found, np.nan)


def summary_of(values: Doubles, draws: NDArray[np.int64] | None, of_ratio: bool = False) -> dict[str, float]:
    """Mean over trials with error and interval, and where single trials are; of a ratio from its logarithm."""
    found = mean_of(values[:, None], draws)
    n = int(found.n[0])
    single = np.nanquantile(values, (0.025, 0.975)) if n >= MANY and not of_ratio else (np.nan, np.nan)
    plain = (found.mean[0], found.lower[0], found.upper[0])
    value, lower, upper = map(float, np.exp(plain) if of_ratio else plain)
    mcse = float(found.mcse[0]) * (value if of_ratio else 1.0)
    return {
        "value": value, "mcse": mcse, "lower": lower, "upper": upper,
        "trial_lower": float(single[0]), "trial_upper": float(single[1]), "n": n,
    }  # fmt: skip
