"""Strategies side by side: what each costs and achieves, what it adds to the baseline, and what it costs per unit."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from supportnet.experiments.comparison.service_changes import NOT_RANKED
from supportnet.experiments.economics.dominance import DOMINATED, EXTENDEDLY, WITHIN_ERROR, Standing, standings
from supportnet.experiments.economics.samples import Doubles, StrategySamples, jackknife
from supportnet.experiments.ensemble.estimates import UNLIMITED, Estimate, Limits, difference_within, quantile


def strategies(
    samples: StrategySamples,
    expected: Doubles,
    prices: Doubles,
    limits: Limits = UNLIMITED,
    remarks: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """One row a strategy: scenario, cost (per person and year, at expected prices), effect (at the end), icer (per unit
    of effect, against compared_with), status, all with mcse; incremental_* less the baseline, with 95 % intervals; that
    of cost is also about prices (sets, items). icer_mcse is for these two strategies, as if their places were known.
    ratio: incremental cost per unit of incremental effect, where the effect is known to be more than the baseline's.
    limits: of the effect. remarks: what has to stand beside each name; a cut has no ratio, and no other is compared
    with it."""
    remarks = remarks or {}
    cost = samples.cost(expected)
    means, effects = samples.means(cost), samples.means(samples.effect)
    cuts = [remarks.get(name) == NOT_RANKED for name in samples.names]
    places = dominance_beyond_error(samples, means.mean, ranked_standings(means.mean, effects.mean, cuts))
    more_cost, more_effect = samples.differences(cost), difference_within(samples.differences(samples.effect), limits)
    more_used, items = samples.used.mean(axis=0) - samples.used.mean(axis=0)[0], samples.used.shape[-1]
    lower, upper = interval_with_prices(more_cost, (more_used @ prices[:, :items].T).var(axis=1))
    if prices.shape[1] > items:  # utility is as uncertain as prices
        ends = interval_with_prices(more_effect, (more_effect.mean * prices[:, -1].std()) ** 2)
        more_effect = more_effect._replace(lower=ends[0], upper=ends[1])
    return pd.DataFrame(
        {
            "scenario": samples.names,
            "cost": means.mean,
            "cost_mcse": means.mcse,
            "effect": effects.mean,
            "effect_mcse": effects.mcse,
            "icer": [place.icer for place in places],
            "icer_mcse": jackknife(samples, lambda part: _ratios(part, expected, places)),
            "compared_with": [
                "" if place.compared_with is None else samples.names[place.compared_with] for place in places
            ],
            "status": [place.status for place in places],
            "incremental_cost": more_cost.mean,
            "incremental_cost_mcse": more_cost.mcse,
            "incremental_cost_lower": lower,
            "incremental_cost_upper": upper,
            "incremental_effect": more_effect.mean,
            "incremental_effect_mcse": more_effect.mcse,
            "incremental_effect_lower": more_effect.lower,
            "incremental_effect_upper": more_effect.upper,
            "ratio": more_cost.mean / np.where(more_effect.lower > 0.0, more_effect.mean, np.nan),
            "remark": [remarks.get(name, "") for name in samples.names],
        }
    )


def ranked_standings(costs: Doubles, effects: Doubles, cuts: list[bool]) -> list[Standing]:
    """The standing of each strategy among those that are no cuts."""
    ranked = [k for k, cut in enumerate(cuts) if not cut]
    found = [Standing(NOT_RANKED, np.nan, None)] * len(cuts)
    for k, place in zip(ranked, standings(costs[ranked].tolist(), effects[ranked].tolist()), strict=True):
        found[k] = place._replace(compared_with=None if place.compared_with is None else ranked[place.compared_with])
    return found


def dominance_beyond_error(samples: StrategySamples, costs: Doubles, places: list[Standing]) -> list[Standing]:
    """The same, but nobody is dominated whose effect may be as large: what is known to do more at the same cost, or a
    mixture of two others, must do so with the whole 95 % interval of the difference."""
    front = sorted((k for k, place in enumerate(places) if place.status == ""), key=lambda k: costs[k])

    def known(k: int) -> Standing:
        if places[k].status not in (DOMINATED, EXTENDEDLY):
            return places[k]
        cheaper = [j for j in front if costs[j] <= costs[k]]
        better = samples.effect[:, cheaper[-1]]
        if places[k].status == EXTENDEDLY:
            low, high = cheaper[-1], front[len(cheaper)]
            share = (costs[k] - costs[low]) / (costs[high] - costs[low])
            better = (1.0 - share) * better + share * samples.effect[:, high]
        pair = replace(samples, names=("this", "other"), effect=np.stack([samples.effect[:, k], better], axis=1))
        surely = pair.differences(pair.effect).lower[1] > 0.0
        return places[k] if surely else Standing(WITHIN_ERROR, np.nan, None)

    return [known(k) for k in range(len(places))]


def by_cost(table: pd.DataFrame) -> pd.DataFrame:
    """The strategies, the cheapest first, and cuts after all others."""
    rows = table.sort_values("cost", kind="stable")
    return rows.sort_values("status", key=lambda status: status == NOT_RANKED, kind="stable")


def is_choice(table: pd.DataFrame) -> bool:
    """Whether two or more strategies are ranked, so that there is something to choose from."""
    return len(without_cuts(table)) > 1


def without_cuts(table: pd.DataFrame) -> pd.DataFrame:
    """The strategies that are ranked."""
    return table[table["status"] != NOT_RANKED]


def interval_with_prices(estimate: Estimate, variance: Doubles) -> tuple[Doubles, Doubles]:
    """Ends of 95 % intervals, the variance that prices bring added."""
    wider = estimate._replace(scale=np.sqrt(estimate.scale**2 + variance))
    return quantile(wider, 0.025), quantile(wider, 0.975)


def _ratios(samples: StrategySamples, expected: Doubles, places: list[Standing]) -> Doubles:
    """Ratios between strategies whose places are as given."""
    cost, effect = samples.cost(expected).mean(axis=0), samples.effect.mean(axis=0)
    pairs = [(k, place.compared_with) for k, place in enumerate(places)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array([np.nan if m is None else (cost[k] - cost[m]) / (effect[k] - effect[m]) for k, m in pairs])


def default_threshold(table: pd.DataFrame) -> float:
    """The threshold to tell things at where none is given: what the most expensive step that may be worth it costs per
    unit of effect, of those that are known at least to half of it; where there is no such step, of any; where there is
    none either, the largest ratio of any strategy to the baseline; two digits of it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        any_ratio = (table["incremental_cost"] / table["incremental_effect"]).abs()
    precise = table["icer"].where(table["icer_mcse"] < table["icer"] / 2)
    for ratios in (precise, table["icer"], any_ratio):
        known = ratios[np.isfinite(ratios) & (ratios > 0)]
        if len(known):
            return float(f"{known.max():.2g}")
    return 1000.0
