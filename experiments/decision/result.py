"""What answers a question, as tables."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from supportnet.experiments.comparison.verdicts import verdict
from supportnet.experiments.decision.choice import NOTHING, by_budget, by_price
from supportnet.experiments.decision.plan import DecisionPlan
from supportnet.experiments.decision.tried import Tried
from supportnet.experiments.ensemble.estimates import mean_of, probability_above

MONEY = ("cost", "cost_per_recovered", "session_cost")  # outcomes at the scenarios' own prices: not told


@dataclass(frozen=True, repr=False)
class DecisionResult:
    """The answer to a question, and what it rests on."""

    plan: DecisionPlan
    search: Tried  # every mix in few replicates: nothing that is told comes from these
    tried: Tried  # the baseline, options and best mixes, simulated anew
    under_others: pd.DataFrame  # the answer under other assumptions; empty where it is to change nothing

    @property
    def names(self) -> list[str]:
        """Strategies, the baseline first, then options and mixes."""
        return self.tried.comparison.names

    @property
    def chosen(self) -> str:
        """The name of the answer: that of an option or a mix, or the baseline's."""
        return self.names[self.tried.chosen]

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """The options in each strategy."""
        parts = {mix.scenario.name: mix.parts for mix in self.plan.mixes}
        return {name: parts.get(name, ()) for name in self.names}

    @property
    def recommended(self) -> list[str]:
        """Options that are recommended together; none where it is to change nothing."""
        return list(self.parts[self.chosen])

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """Each strategy less the baseline at the end: scenario, outcome, difference, mcse, lower, upper (95 %),
        share_better (of versions of the model), verdict, smallest (difference that matters), unit, n."""
        rows = self.tried.comparison.differences.rename(columns={"probability_better": "share_better"})
        columns = ["difference", "mcse", "lower", "upper", "share_better", "verdict", "smallest", "unit", "n"]
        return rows.loc[~rows["outcome"].isin(MONEY), ["scenario", "outcome", *columns]].reset_index(drop=True)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """One row a strategy but the baseline: gross, net and cashable per person and year as `costs_of`; for all
        people a year total (gross) with total_lower and total_upper, left_over (of the budget); within (whether the
        budget pays for it on average) and why_not (it may not be recommended)."""
        file, rows = self.plan.question.file, self.tried.costs.iloc[1:].reset_index(drop=True)
        ends = {
            name: file.people * rows[column]
            for name, column in (("total", "gross"), ("total_lower", "gross_lower"), ("total_upper", "gross_upper"))
        }
        budget = self.plan.question.budget
        left = {"left_over": file.people * budget - ends["total"], "within": rows["gross"] <= budget}
        return rows.assign(**ends, **left, why_not=self.tried.why_not[1:])

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The answer by budget: budget (money a year for all, from which on), scenario, gain (QPR points, less the
        baseline), added (to the gain of the step before) with added_lower and added_upper (95 %) and share_added (of
        versions of the model in which it is above 0)."""
        people, rows, before = self.plan.question.file.people, [], NOTHING
        for budget, k in by_budget(self.tried.samples, self.tried.gross, self.tried.may_be):
            rows.append({
                "budget": people * budget, "scenario": self.names[k], "gain": added_to(self.tried, NOTHING, k)["added"],
                **added_to(self.tried, before, k),
            })  # fmt: skip
            before = k
        return pd.DataFrame(rows)

    @cached_property
    def prices(self) -> pd.DataFrame:
        """Prices within whose range the answer changes: item, price (expected), at (from which on), scenario (the
        answer then)."""
        tried, question = self.tried, self.plan.question
        changes = by_price(tried.samples, question.prices, question.budget, tried.may_be)
        rows = [(one.item, one.price, one.at, self.names[one.choice]) for one in changes]
        return pd.DataFrame(rows, columns=["item", "price", "at", "scenario"])

    @cached_property
    def assumptions(self) -> pd.DataFrame:
        """The answer's difference in QPR from the baseline under other assumptions, the first as they are set: about,
        changed, difference, mcse, lower, upper (95 %), n, verdict."""
        if self.under_others.empty:
            return self.under_others
        smallest = self.plan.question.smallest["qpr"]
        ends = zip(self.under_others["lower"], self.under_others["upper"], strict=True)
        return self.under_others.assign(verdict=[verdict("qpr", *pair, smallest) for pair in ends])

    @cached_property
    def searched(self) -> pd.DataFrame:
        """Every mix as it was tried first, in few replicates and with other luck than the rest: scenario, gain (QPR
        points), gross (per person and year), why_not."""
        gains = self.search.samples.effect.mean(axis=0)
        table = {"gain": gains - gains[0], "gross": self.search.gross, "why_not": self.search.why_not}
        return pd.DataFrame({"scenario": self.search.comparison.names, **table}).iloc[1:].reset_index(drop=True)

    @property
    def for_whom(self) -> pd.DataFrame | None:
        """Who gains by the answer, as `for_whom`; None where it is to change nothing, or a replicate failed."""
        rows = self.tried.comparison.for_whom
        return None if rows is None or not self.recommended else rows[rows["scenario"] == self.chosen]


def added_to(tried: Tried, one: int, other: int) -> dict[str, float]:
    """What a strategy adds to the gain of another, by position: added, added_lower, added_upper (95 %), share_added (of
    versions of the model in which it is above 0)."""
    effect = tried.samples.effect
    found = mean_of(effect[:, [other]] - effect[:, [one]], tried.samples.draws)
    ends = {"added": found.mean, "added_lower": found.lower, "added_upper": found.upper}
    return {name: float(end[0]) for name, end in ends.items()} | {"share_added": float(probability_above(found)[0])}
