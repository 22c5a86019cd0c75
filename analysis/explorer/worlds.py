"""Both worlds lived, one luck at once and thirty after it, as the page shows them."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Event, Lock
from typing import Any

import numpy as np

from supportnet.analysis.explorer.asked import REPLICATES, WhatIf
from supportnet.analysis.explorer.plain import short_numbers
from supportnet.analysis.wording.caveats import compare_cautions
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import ComparisonPlan, comparable
from supportnet.experiments.comparison.same_people import people_differ
from supportnet.experiments.comparison.subgroups import NOTABLE, shares_better_and_worse
from supportnet.experiments.ensemble.ensemble import NAMES, Ensemble
from supportnet.experiments.ensemble.estimates import Estimate, contains, difference_within, mean_of, within_limits
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.replication import simulate
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution.workers import Interrupted
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.provenance import canonical_json
from supportnet.sim.scenario.scenario import Scenario

KEPT = 8  # worlds of each number of runs, at most about a megabyte each: today's, and those that may be taken home
EVERY = 4  # weeks between points of a line
SHOWN = (
    "qpr", "connectedness", "hope", "identity", "meaning", "empowerment", "share_recovered_personal", "phq9", "gad7",
    "loneliness", "relapses", "network_size", "n_professional", "n_peer", "n_friend", "n_family", "strongest_tie",
    "share_reciprocal", "share_harmful", "alliance", "ruptures", "repairs", "supporter_strain", "staff_turnover",
    "engagement", "inequality", "cost",
)  # fmt: skip


class CachedWorld:
    """A world's place among those that were lived lately; whoever holds the lock lives it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.found: Ensemble | None = None


class Worlds:
    """Worlds that were lived lately: today's is shared by everybody who asks for the same people and luck."""

    def __init__(self) -> None:
        self._kept: dict[int, OrderedDict[tuple[str, int, str], CachedWorld]] = {}  # by the number of runs
        self._lock = Lock()

    def first(self, asked: WhatIf, halt: Event) -> dict[str, Any]:
        """Both worlds by one luck: weeks, and for each outcome its values in each world."""
        worlds = self._both(asked, 1, halt)
        weeks = weeks_shown(asked.weeks)
        return {
            "command": asked.command,
            **shared_by_worlds(asked),
            "weeks": weeks,
            "outcomes": {
                name: {
                    world: short_numbers(results.values[0, np.array(weeks) - 1, NAMES.index(name)])
                    for world, results in zip(("today", "what_if"), worlds, strict=True)
                }
                for name in SHOWN
            },
        }

    def band(self, asked: WhatIf, halt: Event) -> dict[str, Any]:
        """Both worlds by thirty lucks: means and differences with 95 % intervals over time and at the end, who gains
        and who loses, and what `compare` would caution of. ranked: false where the what-if is a cut, which is neither
        valued nor held against a budget; remark: that it is one, or that it is decided by inputs."""
        found = self.compared(asked, halt)
        weeks = weeks_shown(asked.weeks)
        return {
            "command": asked.command,
            **shared_by_worlds(asked),
            "cautions": [*asked.cautions, *compare_cautions(found)],
            "remark": found.remarks[found.names[1]],
            "ranked": len(found.ranked) == len(found.worlds),
            "replicates": len(found.shared),
            "interval": contains(found.posterior),
            "weeks": weeks,
            "outcomes": {name: over_time(found, name, weeks) for name in SHOWN},
            "whom": whom(found),
            "notable": NOTABLE,
        }

    def compared(self, asked: WhatIf, halt: Event) -> EnsembleComparison:
        """Both worlds by thirty lucks."""
        return EnsembleComparison(what_if_plan(asked, REPLICATES), self._both(asked, REPLICATES, halt))

    def _both(self, asked: WhatIf, replicates: int, halt: Event) -> tuple[Ensemble, Ensemble]:
        today, what_if = what_if_plan(asked, replicates).runs
        return self._simulated(today, halt), self._simulated(what_if, halt)

    def _simulated(self, plan: RunPlan, halt: Event) -> Ensemble:
        sampling = plan.sampling
        drawn = sampling.posterior.identity if sampling.posterior else ""
        place = self._place((scenario_key(plan.scenario), sampling.seed, drawn), len(sampling.replicates))
        with place.lock:
            if place.found is None:
                found = simulate(plan, 1, unless(halt), follow=True)
                if halt.is_set():  # a run that was stopped comes with the replicates that it had: not to be kept
                    raise Interrupted
                place.found = found
            return place.found

    def _place(self, key: tuple[str, int, str], replicates: int) -> CachedWorld:
        with self._lock:
            kept = self._kept.setdefault(replicates, OrderedDict())
            place = kept.setdefault(key, CachedWorld())
            kept.move_to_end(key)
            while len(kept) > KEPT:
                kept.popitem(last=False)
            return place


def what_if_plan(asked: WhatIf, replicates: int) -> ComparisonPlan:
    """Both worlds, in so many replicates."""
    sampling = Sampling(range(replicates), asked.seed, asked.draws)
    return ComparisonPlan(tuple(comparable([asked.today, asked.what_if])), sampling)


def shared_by_worlds(asked: WhatIf) -> dict[str, Any]:
    """What both worlds have in common: whether everything (alike), and why people are others, if they are."""
    return {
        "alike": scenario_key(asked.today) == scenario_key(asked.what_if),
        "other_people": people_differ(asked.today, asked.what_if, asked.draws),
    }


def scenario_key(scenario: Scenario) -> str:
    """What two scenarios have in common that are lived alike."""
    return canonical_json(scenario.canonical())


def unless(halt: Event) -> Callable[[float], None]:
    """Stops a run of which nobody waits for the end any more."""

    def check(share: float) -> None:
        if halt.is_set():
            raise Interrupted

    return check


def weeks_shown(weeks: int) -> list[int]:
    """Weeks of which lines have points."""
    return sorted({1, *range(EVERY, weeks, EVERY), weeks})


def over_time(found: EnsembleComparison, outcome: str, weeks: list[int]) -> dict[str, Any]:
    """An outcome in both worlds and their difference, with intervals."""
    at, column, limits = np.array(weeks) - 1, NAMES.index(outcome), OUTCOMES[outcome].limits
    today, what_if = (
        world.values[np.ix_(np.isin(world.replicates, found.shared), at)][:, :, column] for world in found.worlds
    )
    return {
        "today": estimates_as_json(within_limits(mean_of(today, found.draws), limits)),
        "what_if": estimates_as_json(within_limits(mean_of(what_if, found.draws), limits)),
        "difference": estimates_as_json(difference_within(mean_of(what_if - today, found.draws), limits)),
        "unit": OUTCOMES[outcome].unit,
        "better": OUTCOMES[outcome].better,
    }


def whom(found: EnsembleComparison) -> list[dict[str, Any]]:
    """Who gains and who loses, by group, and the shares of people better and worse off with intervals."""
    today, what_if = (world.persons for world in found.worlds)
    if found.for_whom is None or today is None or what_if is None:
        return []
    off = shares_better_and_worse(today, what_if, found.draws)
    known: list[dict[str, Any]] = short_numbers(
        found.for_whom.drop(columns=["better", "worse"]).merge(off).to_dict("records")
    )
    return known


def estimates_as_json(found: Estimate) -> dict[str, Any]:
    """Means with their intervals and Monte Carlo errors."""
    return {name: short_numbers(getattr(found, name)) for name in ("mean", "lower", "upper", "mcse")}
