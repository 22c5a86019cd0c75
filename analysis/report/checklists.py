"""Reporting checklists, each item answered: where it is met, or plainly that it is not."""

import tomllib
from collections import Counter
from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

from supportnet.analysis.report.parts import Section

LISTS = ("cheers", "trace", "ispor_smdm")  # files beside this one


class ChecklistAnswer(BaseModel):
    """Whether an item is met, and where."""

    model_config = ConfigDict(extra="forbid")

    met: str  # yes, partly, no
    where: str
    at: str = ""  # anchor of a section of the report


class Item(BaseModel):
    """An item in short words of this project."""

    model_config = ConfigDict(extra="forbid")

    number: str
    title: str
    item: str
    needs: list[str] = []  # parts of the report without which the other answer holds
    answer: ChecklistAnswer
    otherwise: ChecklistAnswer | None = None
    authors: str = ""  # what only authors know, as a question file names it

    def answered(self, parts: Collection[str], stated: Mapping[str, str]) -> ChecklistAnswer:
        """The answer in a report that has these parts, whose authors have stated this."""
        if self.authors in stated:
            return ChecklistAnswer(met="yes", where=f"Stated by the authors: {stated[self.authors]}")
        return self.answer if self.otherwise is None or set(self.needs) <= set(parts) else self.otherwise


class Checklist(BaseModel):
    """A list with its source."""

    model_config = ConfigDict(extra="forbid")

    name: str
    source: str
    dois: list[str]
    note: str = ""
    items: list[Item]


def checklist(name: str) -> Checklist:
    text = files("supportnet.analysis.report").joinpath(f"{name}.toml").read_text("utf-8")
    return Checklist.model_validate(tomllib.loads(text))


def answered(parts: Collection[str], stated: Mapping[str, str]) -> Section:
    """All lists, answered for a report that has these parts, whose authors have stated this."""
    lists: list[dict[str, Any]] = []
    for one in map(checklist, LISTS):
        answers = [(item, item.answered(parts, stated)) for item in one.items]
        counts = Counter(answer.met for _, answer in answers)
        count = f"{counts['yes']} met, {counts['partly']} partly, {counts['no']} not met, of {len(answers)}"
        lists.append({"list": one, "answers": answers, "count": count})
    return Section("checklists", "Reporting checklists", "checklists", {"lists": lists})
