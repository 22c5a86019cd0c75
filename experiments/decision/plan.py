"""The plan of a decision: all that its answer depends on."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from supportnet.experiments.comparison.adaptive import Precision, first_stage, most_replicates, precision_asked
from supportnet.experiments.comparison.plan import ComparisonPlan, seed_of
from supportnet.experiments.decision.mixes import Mix, mixes_of
from supportnet.experiments.decision.question import Question
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.model_identity import run_hash
from supportnet.sim.provenance import identity

SEARCH = 40  # replicates in which all mixes are tried
MINUTES = 3.0  # after which the answer gets no more replicates, where nothing else is asked


@dataclass(frozen=True)
class DecisionPlan:
    """A question, the mixes of its options, and the replicates that answer it."""

    question: Question
    mixes: tuple[Mix, ...]  # options first
    apart: dict[tuple[str, ...], str]  # pairs that contradict each other, and what about
    options: ComparisonPlan  # with the baseline, in the replicates of the answer; with a precision, the first of them
    precision: Precision | None

    @classmethod
    def of(
        cls, question: Question, replicates: int | Sequence[int] | None = None, seed: int = 1, *,
        precision: float | None = None, time_limit: float | None = None, uncertainty: str | None = None,
        posterior: Posterior | str | os.PathLike[str] | None = None,
    ) -> "DecisionPlan":  # fmt: skip
        """A question with its mixes formed; the rest as `ComparisonPlan.of` and `precision_asked`.

        Raises UserInputError for what does not fit.
        """
        mixes, apart = mixes_of(question.baseline, question.options)
        until = precision_asked(replicates, precision, time_limit)
        if until and time_limit is None:
            until = replace(until, minutes=MINUTES)
        options = ComparisonPlan.of(
            (question.baseline, *question.options), 1 if replicates is None else replicates, seed,
            uncertainty=uncertainty, posterior=posterior, smallest=question.file.smallest_difference,
        )  # fmt: skip
        return cls(question, tuple(mixes), apart, first_stage(options) if until else options, until)

    @cached_property
    def search(self) -> ComparisonPlan:
        """The baseline and all mixes, in replicates of their own: other luck than that of the answer."""
        sampling = self.options.sampling
        n = min(SEARCH, most_replicates(self.options), max(len(sampling.replicates), 4))
        scenarios = (self.question.baseline, *(mix.scenario for mix in self.mixes))
        own = replace(sampling, replicates=range(n), seed=seed_of(sampling.seed, 1))
        return replace(self.options, scenarios=scenarios, sampling=own)

    @cached_property
    def request(self) -> dict[str, Any]:
        """All that the answer depends on, as plain values."""
        until = {"precision": self.precision.error, "minutes": self.precision.minutes} if self.precision else {}
        sampling = self.options.sampling.request(*self.options.scenarios)
        scenarios = [{"scenario": one.canonical(), "parameters": one.every_number} for one in self.options.scenarios]
        return {
            "command": "decide", "code": run_hash(), **self.question.canonical(), "scenarios": scenarios, **until,
            **sampling,
        }  # fmt: skip

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the request, in hexadecimal."""
        return identity(self.request)
