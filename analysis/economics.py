"""Cost-effectiveness of a finished comparison."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from supportnet.analysis.files.comparison_folder import TRAJECTORIES, Finished
from supportnet.analysis.wording.caveats import few_replicates, not_fitted
from supportnet.analysis.wording.formatting import counted
from supportnet.analysis.wording.service_changes import service_cautions
from supportnet.experiments.comparison.service_changes import cuts_among, remarks_on
from supportnet.experiments.economics.costs import HOW_DRAWN, MOST, USED, CostFile
from supportnet.experiments.economics.decision import Acceptability, acceptability, plane, price_sets, uncertain
from supportnet.experiments.economics.decision_scope import NOT_ASKED, DecisionScope
from supportnet.experiments.economics.group_information import of_groups
from supportnet.experiments.economics.price_thresholds import best_by_price
from supportnet.experiments.economics.sample_information import of_studies
from supportnet.experiments.economics.samples import StrategySamples
from supportnet.experiments.economics.strategies import default_threshold, strategies, without_cuts
from supportnet.experiments.economics.utility import EFFECTS, MONEY, UTILITY
from supportnet.experiments.economics.value_of_information import Known, drawn_benefits, of_numbers, of_prices
from supportnet.experiments.economics.years import amounts_by_year, budget_impact, discounted, year_ends
from supportnet.experiments.ensemble.estimates import UNLIMITED
from supportnet.experiments.posterior.posterior import Posterior, read_draws, shipped_draws_path
from supportnet.experiments.posterior.propagation import posterior_rows
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.outcomes import OUTCOMES

LEAST = 0.01  # of money that one more unit of effect may be worth
STEPS = 20  # thresholds below the one at which results are reported, and as many above
POINTS = 1000  # on the plane, of all strategies together
UNITS = {
    "qpr": "point of QPR", "share_recovered_personal": "person recovered personally", "relapses": "relapse avoided",
    "admissions": "admission avoided", "crisis_weeks": "week in crisis avoided",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Economics:
    """Costs and effects of a comparison."""

    finished: Finished
    samples: StrategySamples
    effect: str
    costs: CostFile
    seed: int
    asked: float | None  # the threshold at which results are reported, if given
    numbers: pd.DataFrame | None  # of the model, one row a draw; where draws are known
    scope: DecisionScope = NOT_ASKED

    @cached_property
    def prices(self) -> np.ndarray:
        """(sets, items) as drawn."""
        draw = self.costs.drawn_with_utility if self.effect == UTILITY else self.costs.drawn
        return draw(price_sets(self.samples), self.seed)

    @cached_property
    def strategies(self) -> pd.DataFrame:
        """One row a scenario: cost and effect, their differences from the baseline, ratio, which is dominated, and what
        has to stand beside its name."""
        limits = UNLIMITED if self.effect == UTILITY else OUTCOMES[self.effect].limits
        return strategies(self.samples, self.costs.expected, self.prices, limits, self.remarks)

    @cached_property
    def remarks(self) -> dict[str, str]:
        """What has to stand beside each scenario's name, or nothing."""
        return remarks_on(self.finished.scenarios)

    @cached_property
    def choices(self) -> StrategySamples:
        """The strategies to choose from: all but cuts."""
        return self.samples.without(cuts_among(self.finished.scenarios))

    @property
    def threshold(self) -> float:
        """Threshold at which the value of information is reported: willingness to pay for a unit of effect."""
        return default_threshold(without_cuts(self.strategies)) if self.asked is None else self.asked

    @cached_property
    def curve(self) -> Acceptability:
        """Acceptability over what one more unit of effect may be worth."""
        thresholds = np.linspace(0.0, 2.0 * self.threshold, 2 * STEPS + 1)
        return acceptability(self.choices, self.prices, thresholds, self.seed)

    @cached_property
    def acceptability(self) -> pd.DataFrame:
        """Of strategies but cuts: threshold, scenario, probability (of being the best) with mcse, frontier (highest
        expected net benefit), benefit (expected net benefit less that of the baseline, per person and year) with
        mcse, loss (expected loss of choosing it, per person and year) with mcse."""
        curve, names = self.curve, self.choices.names
        n, width = curve.probability.shape
        return pd.DataFrame(
            {
                "threshold": np.repeat(curve.thresholds, width),
                "scenario": list(names) * n,
                "probability": curve.probability.ravel(),
                "probability_mcse": curve.probability_mcse.ravel(),
                "frontier": [k == best for best in curve.best for k in range(width)],
                "benefit": curve.benefit.ravel(),
                "benefit_mcse": curve.benefit_mcse.ravel(),
                "loss": curve.loss.ravel(),
                "loss_mcse": curve.loss_mcse.ravel(),
            }
        )

    @cached_property
    def information(self) -> pd.DataFrame:
        """threshold, about, kind, value (per person and year) with mcse: everything at each threshold, its parts at
        the one in the middle, by value; clear: of a parameter, that its value exceeds what chance gives the
        best of so many seem; population_value: for all people
        and years that the choice concerns, discounted, with mcse."""
        curve, at, expected = self.curve, self.threshold, self.costs.expected
        pairs = zip(curve.evpi, curve.evpi_mcse, strict=True)
        whole = [Known("everything", "everything", float(value), float(mcse)) for value, mcse in pairs]
        parts = [
            *of_prices(self.choices, self.prices, expected, at),
            *of_numbers(self.choices, expected, at, self.numbers, self.seed),
        ]
        if (drawn := drawn_benefits(self.choices, expected, at, self.numbers)) is not None:
            parts += of_groups(drawn, self.seed)
            parts += of_studies(drawn, tuple(parts), self.scope.study_people) if self.scope.study_people else ()
        rows = [(float(threshold), *known) for threshold, known in zip(curve.thresholds, whole, strict=True)]
        rows += [(at, *known) for known in sorted(parts, key=lambda known: -known.value)]
        table = pd.DataFrame(rows, columns=["threshold", *Known._fields])
        everybody = self.scope.person_years
        return table.assign(population_value=everybody * table["value"], population_mcse=everybody * table["mcse"])

    @cached_property
    def best_by_price(self) -> pd.DataFrame:
        """Of strategies but cuts: item, low, high (the range of its price), scenario, from, to (prices between which it
        has the highest expected net benefit at the reported threshold) with mcse, expected, within."""
        return best_by_price(self.choices, self.costs.prices, self.threshold)

    @cached_property
    def budget_impact(self) -> pd.DataFrame:
        """Of scenarios but cuts: year, weeks, scenario, part, difference (money per person in this year less the
        baseline's) with mcse and 95 % interval, total (for the population) with mcse. Empty where only the last week
        of the comparison is kept."""
        averages = self.finished.averages_by_year(outcome_of(self.effect, self.costs))
        cuts, ends = cuts_among(self.finished.scenarios), year_ends(self.finished.weeks)
        kept = [k for k, name in enumerate(self.samples.names) if name not in cuts]
        amounts = np.empty((0, 2, len(kept), len(USED)))
        if averages is not None:
            amounts = amounts_by_year(averages[:, :, kept, :-1], ends)
        people, expected = self.scope.population, self.costs.expected
        return budget_impact(self.choices, amounts, ends[: len(amounts)], expected, self.prices, people)

    @property
    def evpi(self) -> float:
        """Expected value of perfect information at the reported threshold, per person and year."""
        return float(self.curve.evpi[STEPS])

    @property
    def cloud(self) -> np.ndarray:
        """(points, strategies, 2) incremental effect and cost."""
        return plane(self.samples, self.prices, POINTS // len(self.samples.names), self.seed)

    @property
    def interval(self) -> str:
        """What intervals contain."""
        mapped = ", and those of effects the error of the mapping to utility" if self.effect == UTILITY else ""
        return f"{self.finished.metadata['interval']}; intervals of costs include prices too ({HOW_DRAWN}){mapped}"

    @property
    def uncertainty(self) -> tuple[str, str]:
        """What probabilities, and the value of information, are about."""
        mapped = "; and the mapping to utility" if self.effect == UTILITY else ""
        probability, information = uncertain(self.samples)
        return probability + mapped, information + mapped

    @cached_property
    def cautions(self) -> list[str]:
        """What has to be said beside every number."""
        lines = not_fitted(self.finished.posterior)
        if assumed := self.costs.assumed:
            which = (
                "all prices are" if len(assumed) == len(self.costs.prices) else f"prices of {', '.join(assumed)} are"
            )
            lines.append(f"{which} assumptions until replaced by local ones (--costs)")
        if self.effect == UTILITY and (mapping := self.costs.utility):
            lines.append(
                f"utility is not measured but mapped from {mapping.outcome}: {mapping.value:g} ({mapping.low:g} to "
                f"{mapping.high:g}) per unit of it ({mapping.source})"
            )
        if own := self.finished.own_prices:
            lines.append(f"{', '.join(own)} set unit costs of their own: here the same prices hold for every scenario")
        lines += service_cautions(self.finished.scenarios)
        rows = without_cuts(self.strategies)
        between = (rows["incremental_effect_lower"] < 0.0) & (rows["incremental_effect_upper"] > 0.0)
        if unsure := list(rows["scenario"][between]):
            ranking = "their ranking" if len(unsure) > 1 else "its ranking"
            lines.append(
                f"the sign of the effect of {' and '.join(unsure)} is uncertain, so {ranking} may be due to chance"
            )
        if self.finished.posterior and self.numbers is None:
            lines.append(
                "the value of information on single parameters is not reported: the posterior used by the comparison "
                "is not available (--posterior)"
            )
        if not self.finished.is_checked:
            lines.append("the comparison has no checksums (an earlier version wrote it), so damage may go unnoticed")
        if self.finished.at_year_ends is None:
            lines.append("the budget impact by year is not reported: the comparison has no trajectories")
        n = len(self.samples.effect)
        if left_out := len(self.finished.metadata["replicates"]) - n:
            lines.append(
                f"{counted(left_out, 'replicate')} left out: a scenario lacks them, or another replicate of the same "
                f"draw"
            )
        return lines + few_replicates(n, self.samples.draws)

    @property
    def unit(self) -> str:
        """One more of the effect, in words."""
        return UNITS.get(self.effect, f"unit of {self.measured}")

    @property
    def scale(self) -> str:
        """The unit of the outcome that is the effect."""
        return "1 = full health" if self.effect == UTILITY else OUTCOMES[self.effect].unit

    @property
    def measured(self) -> str:
        """What the effect is: an outcome, or how much of it is avoided."""
        lower = self.effect != UTILITY and OUTCOMES[self.effect].better == "lower"
        return f"{self.effect} avoided" if lower else self.effect

    @property
    def discounting(self) -> str:
        """That costs and effects are discounted, in words; nothing if they are not."""
        return f", discounted at {100.0 * self.scope.discount:g} % a year" if self.scope.discount else ""

    @property
    def money(self) -> str:
        """The currency and the year of prices."""
        return f"{self.costs.currency} ({self.costs.price_year})"


def analyse_costs(
    finished: Finished,
    effect: str,
    costs: CostFile,
    seed: int,
    threshold: float | None,
    posterior: str,
    scope: DecisionScope = NOT_ASKED,
) -> Economics:
    """Costs and effects of a comparison. Raises UserInputError for what does not go together."""
    if effect == UTILITY and costs.utility is None:
        raise UserInputError(
            "is not an effect of this cost file", argument="effect", found=effect, expected=", ".join(EFFECTS),
            remedy="name a mapping with its source in a table [utility] (docs/economics.md)",
        )  # fmt: skip
    if effect not in EFFECTS and effect != UTILITY:
        why = {True: "it is money", False: "neither more nor fewer is better"}[effect in MONEY]
        what = f"must be an outcome that can be better or worse{f'; here {why}' if effect in OUTCOMES else ''}"
        expected, remedy = ", ".join(EFFECTS), nearest(effect, EFFECTS)
        raise UserInputError(what, argument="effect", found=effect, expected=expected, remedy=remedy)
    if threshold is not None and not LEAST <= threshold <= MOST:
        raise UserInputError(
            f"must be an amount of money from {LEAST:g} to {MOST:g}", argument="threshold", found=threshold,
            remedy="give what one more unit of the effect is worth",
        )  # fmt: skip
    outcome = outcome_of(effect, costs)
    samples = finished.samples(outcome)
    if scope.discount:
        samples = discounted_samples(finished, samples, outcome, scope.discount)
    if effect == UTILITY and costs.utility is not None:
        samples = replace(samples, effect=costs.utility.value * samples.effect)
    elif OUTCOMES[effect].better == "lower":  # what is avoided is the effect
        samples = replace(samples, effect=-samples.effect)
    worth, numbers = None if threshold is None else float(threshold), numbers_of(finished, samples, posterior)
    return Economics(finished, samples, effect, costs, seed, worth, numbers, scope)


def outcome_of(effect: str, costs: CostFile) -> str:
    """The outcome that is the effect, or that its utility is mapped from."""
    return costs.utility.outcome if effect == UTILITY and costs.utility else effect


def discounted_samples(finished: Finished, samples: StrategySamples, effect: str, rate: float) -> StrategySamples:
    """The same at its present value. Raises UserInputError where only the last week of the comparison is kept."""
    averages = finished.averages_by_year(effect)
    if averages is None:
        raise UserInputError(
            "needs what was used in each year, which this comparison does not have", argument="discount", found=rate,
            expected=f"{TRAJECTORIES} in {finished.folder}", remedy="compare again, or leave `discount` out",
        )  # fmt: skip
    counts = OUTCOMES[effect].unit == "per patient-year"  # since the run began
    return discounted(samples, averages, year_ends(finished.weeks), rate, counts)


def numbers_of(finished: Finished, samples: StrategySamples, posterior: str) -> pd.DataFrame | None:
    """Parameter values by draw; None if the comparison used no posterior, or it is not available.

    posterior: the file of draws. Raises UserInputError if it is not the one used by the comparison.
    """
    if posterior and not finished.posterior:
        raise UserInputError(
            "is given, but the comparison used no posterior", argument="posterior", found=posterior,
            remedy="leave `posterior` out",
        )  # fmt: skip
    if not finished.posterior or not (posterior or shipped_draws_path()):
        return None
    remedy = "give the file it was made with, or leave `posterior` out, without single parameters then"
    try:
        draws: Posterior = read_draws(posterior or None)
    except UserInputError as mistake:
        if not posterior:
            return None
        raise UserInputError(where=mistake.where, **{**mistake.parts, "remedy": remedy}) from mistake
    if draws.identity != finished.posterior:
        if not posterior:
            return None
        raise UserInputError(
            "the comparison used another posterior", where=posterior, found=f"identity {draws.identity}",
            expected=f"identity {finished.posterior}", remedy=remedy,
        )  # fmt: skip
    assert samples.draws is not None
    rows = posterior_rows(np.unique(samples.draws), int(finished.metadata["seed"]), draws)
    return draws.values.iloc[rows].reset_index(drop=True)
