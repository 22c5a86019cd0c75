"""Scenarios side by side: differences from the first with their intervals, a ranking, and for whom they work."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.comparison.same_people import people_differ
from supportnet.experiments.comparison.service_changes import NOT_RANKED, remarks_on
from supportnet.experiments.comparison.subgroups import for_whom, what_harmed
from supportnet.experiments.comparison.verdicts import smallest_differences, verdict
from supportnet.experiments.ensemble.ensemble import LIMITS, NAMES, Doubles, Ensemble, Persons
from supportnet.experiments.ensemble.estimates import (
    Estimate,
    Which,
    difference_of,
    difference_within,
    mean_of,
    probability_above,
    simultaneous,
)
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import draws_of
from supportnet.sim.outcomes import OUTCOMES

RESAMPLES = 2000
SIGN = np.array([{"higher": 1.0, "lower": -1.0, "": np.nan}[outcome.better] for outcome in OUTCOMES.values()])


@dataclass(frozen=True)
class EnsembleComparison:
    """Ensembles of several scenarios; the first is the baseline."""

    plan: ComparisonPlan
    worlds: tuple[Ensemble, ...]

    @property
    def independent(self) -> bool:
        """Whether each scenario has independent random streams."""
        return self.plan.independent

    @property
    def seed(self) -> int:
        """Random seed."""
        return self.plan.sampling.seed

    @property
    def posterior(self) -> Posterior | None:
        """Whose draws all scenarios use; None where numbers are as they are set."""
        return self.plan.sampling.posterior

    @property
    def paired(self) -> bool:
        """Whether replicates are paired: by the same random numbers, or at least by the same draw."""
        return not self.independent or self.posterior is not None

    @property
    def names(self) -> list[str]:
        """Scenarios, the baseline first."""
        return [world.scenario.name for world in self.worlds]

    @property
    def baseline(self) -> str:
        """The first scenario."""
        return self.names[0]

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Each scenario less the baseline at the end: scenario, outcome, difference, mcse, lower, upper (95 % interval;
        `interval` says what it contains), probability_better, unit, n (replicates, or pairs of them), lower_adjusted,
        upper_adjusted (that hold together for all that meet the baseline), verdict, smallest (difference that matters;
        NaN where none is known).

        probability_better: that the difference is in the better direction; NaN where neither is better, and for cuts.
        """
        return pd.concat([self._difference(world) for world in self.worlds[1:]], ignore_index=True)

    @cached_property
    def remarks(self) -> dict[str, str]:
        """What has to stand beside each scenario's name, or nothing: a cut is not ranked."""
        return remarks_on([world.scenario for world in self.worlds])

    @property
    def ranked(self) -> list[int]:
        """Positions of the scenarios that are ranked: all but cuts."""
        return [k for k, name in enumerate(self.names) if self.remarks[name] != NOT_RANKED]

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """Scenarios but cuts, from best to worst for each outcome that has a better direction: outcome, place,
        scenario, mean, probability_best (by resampling replicates, or draws where there are some; ties share it; NaN
        with one only), remark (what has to stand beside its name)."""
        means = np.stack([mean_of(values, self.draws if self.paired else None).mean for values in self._values])
        best = self._probability_best()
        rows = []
        for k, outcome in enumerate(NAMES):
            if np.isnan(SIGN[k]):
                continue
            known = [i for i in self.ranked if not np.isnan(means[i, k])]
            for place, i in enumerate(sorted(known, key=lambda i: -SIGN[k] * means[i, k]), start=1):
                name = self.names[i]
                rows.append((outcome, place, name, means[i, k], best[i, k], self.remarks[name]))
        return pd.DataFrame(rows, columns=["outcome", "place", "scenario", "mean", "probability_best", "remark"])

    @cached_property
    def same_people(self) -> bool:
        """Whether the scenarios have the same people; different parameters or roots make different people."""
        first, *others = (world.scenario for world in self.worlds)
        return not self.independent and not any(people_differ(first, other, self.posterior) for other in others)

    @cached_property
    def for_whom(self) -> pd.DataFrame | None:
        """Differences in recovery between two scenarios with the same people, by state at the start; None if the people
        differ, or a replicate failed in one of them."""
        return for_whom(self._persons[0], self._others, self.draws) if self._persons else None

    @cached_property
    def what_harmed(self) -> pd.DataFrame | None:
        """Other changes for those who are worse off; None where there is no telling for whom."""
        return what_harmed(self._persons[0], self._others, self.draws) if self._persons else None

    @property
    def _persons(self) -> list[Persons]:
        """The same people in each scenario, the baseline first; none if they differ, or some are missing."""
        whole = all(world.replicates == self.worlds[0].replicates for world in self.worlds)
        return [world.persons for world in self.worlds if world.persons] if self.same_people and whole else []

    @property
    def _others(self) -> dict[str, Persons]:
        return dict(zip(self.names[1:], self._persons[1:], strict=True))

    @cached_property
    def _values(self) -> list[Doubles]:
        """(replicates, outcomes) in the last week of each scenario, with the same replicates if they are paired."""
        if not self.paired:
            return [world.last for world in self.worlds]
        return [world.last[[number in self.shared for number in world.replicates]] for world in self.worlds]

    @cached_property
    def shared(self) -> list[int]:
        """Replicates that all scenarios have."""
        every = set.intersection(*(set(world.replicates) for world in self.worlds))
        return [number for number in self.worlds[0].replicates if number in every]

    @property
    def n_replicates(self) -> int:
        """Number of replicates behind each difference."""
        return len(self.shared) if self.paired else min(len(world.replicates) for world in self.worlds)

    @property
    def draws(self) -> Which | None:
        """The posterior draw of each shared replicate; None if parameters are fixed."""
        return draws_of(self.shared) if self.posterior else None

    def _difference(self, world: Ensemble) -> pd.DataFrame:
        values, ones = self._values[self.worlds.index(world)], self._values[0]
        found: Estimate = mean_of(values - ones, self.draws) if self.paired else difference_of(ones, values)
        above, adjusted = probability_above(found), simultaneous(found, len(self.worlds) - 1)
        found, adjusted = difference_within(found, LIMITS), difference_within(adjusted, LIMITS)
        smallest = smallest_differences(self.plan.smallest)
        sign = SIGN * np.nan if self.remarks[world.scenario.name] == NOT_RANKED else SIGN
        return pd.DataFrame(
            {
                "scenario": world.scenario.name,
                "outcome": NAMES,
                "difference": found.mean,
                "mcse": found.mcse,
                "lower": found.lower,
                "upper": found.upper,
                "probability_better": np.where(np.isnan(sign), np.nan, np.where(sign > 0, above, 1.0 - above)),
                "unit": [outcome.unit for outcome in OUTCOMES.values()],
                "n": found.n.astype(int),
                "lower_adjusted": adjusted.lower,
                "upper_adjusted": adjusted.upper,
                "verdict": [
                    verdict(name, low, high, smallest.get(name, np.nan))
                    for name, low, high in zip(NAMES, found.lower, found.upper, strict=True)
                ],
                "smallest": [smallest.get(name, np.nan) for name in NAMES],
            }
        )

    def _probability_best(self) -> Doubles:
        """(scenarios, outcomes) how often a scenario's mean is the best of those ranked when replicates, or draws, are
        drawn again.

        With draws: one at a time, for a policy is best under some numbers, not under their mean.
        """
        rng = np.random.default_rng(self.seed)
        sizes = [len(values) for values in self._values]
        if min(sizes) < 2 or len(self.ranked) < 2:
            return np.full((len(self.worlds), len(NAMES)), np.nan)
        if self.draws is not None:
            weights = [np.stack([self.draws == draw for draw in np.unique(self.draws)]).astype(np.int64)]
        else:
            weights = [rng.multinomial(size, np.full(size, 1.0 / size), RESAMPLES) for size in sizes]
        scores = []
        for values, weight in zip(self._values, weights[:1] * len(sizes) if self.paired else weights, strict=True):
            present = ~np.isnan(values)
            with np.errstate(invalid="ignore"):
                means = weight @ np.where(present, values, 0.0) / (weight @ present.astype(np.float64))
            scores.append(np.nan_to_num(SIGN * means, nan=-np.inf))
        score = np.full((len(self.worlds), *scores[0].shape), -np.inf)  # (scenarios, resamples, outcomes)
        score[self.ranked] = np.stack(scores)[self.ranked]
        best = (score == score.max(axis=0)) & np.isfinite(score)
        ties = best.sum(axis=0)  # scenarios that share the first place; 0 where none has the outcome
        with np.errstate(invalid="ignore", divide="ignore"):
            tried = (ties > 0).sum(axis=0)
            won = (best / np.maximum(ties, 1)).sum(axis=1)
            few = 1.0 if self.draws is not None else 0.0  # a few draws cannot know a probability of 0: one more, shared
            return np.asarray(np.where(tried > 0, (won + few / len(self.ranked)) / (tried + few), np.nan))
