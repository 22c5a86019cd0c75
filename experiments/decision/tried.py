"""Strategies compared in the same replicates and priced, and which of them a budget is best spent on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.verdicts import WORSE
from supportnet.experiments.decision.choice import NOTHING, best_for, worth_having
from supportnet.experiments.decision.money import costs_of, samples_of
from supportnet.experiments.decision.question import Question
from supportnet.experiments.economics.samples import Doubles, StrategySamples


@dataclass(frozen=True)
class Tried:
    """The baseline and some options and mixes of a question, simulated in the same replicates."""

    question: Question
    comparison: EnsembleComparison

    @cached_property
    def samples(self) -> StrategySamples:
        """What they used, and recovery."""
        return samples_of(self.comparison)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Per person and year, less the baseline, as `costs_of`."""
        about = self.question
        return costs_of(self.samples, about.prices, about.file.cashable, self.comparison.seed)

    @property
    def gross(self) -> Doubles:
        """(strategies,) what a budget must pay."""
        return self.costs["gross"].to_numpy(np.float64)

    @cached_property
    def why_not(self) -> list[str]:
        """(strategies,) why each may not be recommended, whatever the budget is; empty where it may: it is no cut, all
        that it changes has a price, and nothing gets worse that may not."""
        rows = self.comparison.differences
        guarded = rows[rows["outcome"].isin(self.question.file.not_worse) & (rows["verdict"] == WORSE)]
        worse = guarded.groupby("scenario")["outcome"].agg(lambda names: f"worse: {', '.join(names)}")
        return [self.comparison.remarks[name] or str(worse.get(name, "")) for name in self.comparison.names]

    @property
    def may_be(self) -> NDArray[np.bool_]:
        """(strategies,) whether each may be recommended."""
        return np.array([not why for why in self.why_not])

    @cached_property
    def chosen(self) -> int:
        """The position of the answer; 0 where it is to change nothing."""
        return best_for(self.samples, self.gross, self.question.budget, self.may_be)

    @cached_property
    def most(self) -> int:
        """The position of what gains most within the budget, which costs more than the answer if it is another; 0 where
        nothing does."""
        return [NOTHING, *worth_having(self.samples, self.gross, self.question.budget, self.may_be)][-1]
