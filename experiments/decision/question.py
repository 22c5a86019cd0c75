"""The question that a decision answers: the file, and the scenarios and prices that it names."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from supportnet.experiments.comparison.same_people import people_differ
from supportnet.experiments.comparison.verdicts import smallest_differences
from supportnet.experiments.decision.mixes import changes_of
from supportnet.experiments.decision.question_file import QuestionFile
from supportnet.experiments.economics.costs import CostFile, read_costs
from supportnet.sim.errors import Mistakes, UserInputError, nearest
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.storage.toml_files import content_of, decoded, parsed
from supportnet.sim.storage.toml_kinds import refuse_other_kind
from supportnet.sim.storage.toml_schema import checked, place


@dataclass(frozen=True)
class Question:
    """A question with all that it names."""

    file: QuestionFile
    baseline: Scenario
    options: tuple[Scenario, ...]
    prices: CostFile
    text: str

    @classmethod
    def load(cls, path: str | os.PathLike[str], values: Mapping[str, object] | None = None) -> "Question":
        """The question in this file; values, by dotted name, hold in every scenario.

        Raises UserInputError for everything that is wrong with it.
        """
        name = os.fspath(path)
        text = decoded(content_of(path), name)
        written = parsed(text, name, 'title = "Which of these?"')
        refuse_other_kind("a question", written, name)
        file = checked(QuestionFile, written, text, name, "see docs/decide.md, or `supportnet schema question`")
        mistakes = Mistakes()
        mistakes.all += wrong_in(file, text, name)
        folder, found = os.path.dirname(name), list[Scenario]()
        for key, given in (("baseline", file.baseline), *(("options", one) for one in file.options)):
            with mistakes.collected():
                found.append(Scenario.load(given, values, folder=folder, asked_in=place(text, name, [key])))
        prices = None
        with mistakes.collected():
            prices = read_costs(Path(folder, file.costs) if file.costs else None)
            mistakes.all += other_money(file, prices, text, name)
        mistakes.raise_any()
        assert prices
        baseline, *options = found
        mistakes.all += wrong_options(baseline, options, place(text, name, ["options"]))
        mistakes.raise_any()
        return cls(file, baseline, tuple(options), prices, text)

    @property
    def budget(self) -> float:
        """Money per person and year."""
        if self.file.budget_per_person is not None:
            return self.file.budget_per_person
        assert self.file.budget_total is not None
        return self.file.budget_total / self.file.people

    @cached_property
    def smallest(self) -> dict[str, float]:
        """The smallest difference that matters, by outcome."""
        return smallest_differences(self.file.smallest_difference)

    def canonical(self) -> dict[str, Any]:
        """All that the answer depends on besides the simulation, as plain values."""
        return {"question": self.file.model_dump(), "prices": self.prices.model_dump()}


def wrong_in(file: QuestionFile, text: str, name: str) -> Iterator[UserInputError]:
    """Mistakes in what the file says by itself."""
    if (file.budget_total is None) == (file.budget_per_person is None):
        both = file.budget_total is not None
        yield UserInputError(
            "the budget is given twice: for all people and for each" if both else "there is no budget",
            where=place(text, name, ["budget_per_person"] if both else []), found="both" if both else "nothing",
            expected="budget_total or budget_per_person (money a year)", remedy="give one of them",
        )  # fmt: skip
    for outcome in (*file.not_worse, *file.smallest_difference):
        if outcome not in OUTCOMES:
            key = "not_worse" if outcome in file.not_worse else "smallest_difference"
            yield UserInputError(
                "is no outcome", where=place(text, name, [key]), found=outcome, expected="the name of an outcome",
                remedy=nearest(outcome, OUTCOMES, "`supportnet list outcomes`"),
            )  # fmt: skip
    for outcome in file.not_worse:
        if outcome in OUTCOMES and not OUTCOMES[outcome].better:
            yield UserInputError(
                "can't get worse: neither more nor less of it is better", where=place(text, name, ["not_worse"]),
                found=outcome, expected="an outcome that can be better or worse", remedy="leave it out",
            )  # fmt: skip
    for outcome, value in file.smallest_difference.items():
        if outcome in OUTCOMES and not 0.0 < value < float("inf"):
            yield UserInputError(
                "must be a number above 0", where=place(text, name, ["smallest_difference"]),
                found=f"{outcome} = {value:g}", expected=OUTCOMES[outcome].unit,
                remedy="leave it out for the usual one",
            )  # fmt: skip


def other_money(file: QuestionFile, prices: CostFile, text: str, name: str) -> Iterator[UserInputError]:
    """Where the budget is of another currency or year than prices are."""
    for key, found, expected in (
        ("currency", file.currency, prices.currency),
        ("price_year", file.price_year, prices.price_year),
    ):
        if found and found != expected:
            yield UserInputError(
                "is not that of the prices", where=place(text, name, [key]), found=found, expected=str(expected),
                remedy="convert the budget, or give a cost file (costs) of the same currency and year",
            )  # fmt: skip


def wrong_options(baseline: Scenario, options: list[Scenario], where: str) -> Iterator[UserInputError]:
    """Options that are no alternatives to the baseline, or to each other."""
    seen = {baseline.name}
    for option in options:
        if option.name in seen:
            yield UserInputError(
                "two scenarios of a question have one name", where=where, found=option.name,
                expected="each name once, and none that of the baseline",
                remedy="rename the file of one, or leave it out",
            )  # fmt: skip
        seen.add(option.name)
        if differ := people_differ(baseline, option):
            yield UserInputError(
                f"{option.name} is about other people than {baseline.name}", where=where, found=differ,
                expected=f"options that start from {baseline.name}",
                remedy=f'write based_on = "{baseline.name}" in it, or name its own base as the baseline',
            )  # fmt: skip
        elif option.name != baseline.name:
            try:
                changes_of(option, baseline)
            except UserInputError as mistake:
                yield mistake.at(where)
        if option.weeks != baseline.weeks:
            yield UserInputError(
                f"{option.name} runs for another time than {baseline.name}", where=where,
                found=f"{option.weeks} weeks", expected=f"{baseline.weeks} weeks", remedy="give `weeks`",
            )  # fmt: skip
