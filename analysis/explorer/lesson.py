"""Lessons: step by step, as the files in `lessons` hold them."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from supportnet.sim.errors import UserInputError

Settings = dict[str, str | int | float]  # words of an address


class LessonPart(BaseModel):
    """Something in a lesson; a word that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PredictionChoice(LessonPart):
    """What can be predicted."""

    name: Literal["first", "second", "higher", "lower", "unclear", "same", "within", "over"]
    text: str


class ModelAnswer(LessonPart):
    """Where the model's own answer is read: one world, two worlds (`set`, `than`), two groups, or a budget."""

    outcome: str
    more: Literal["higher", "lower"] | None = None  # the direction in which one of two is ahead
    set: Settings | None = None  # the what-if that is asked about; what stands on the page where it is left out
    than: Settings | None = None
    names: tuple[str, ...] = ()
    groups: tuple[str, str] | None = None
    budget: float | None = None


class Step(LessonPart):
    """One page of the panel."""

    name: str
    kind: Literal["read", "predict", "try", "explain"]
    title: str
    text: tuple[str, ...]
    question: str | None = None
    choices: tuple[PredictionChoice, ...] | None = None
    answer: ModelAnswer | None = None
    reveal: str | None = None  # the step whose question is answered here
    set: Settings | None = None  # what the page is put into
    allow: tuple[str, ...] | None = None  # levers that are shown; all where it is left out


class Closing(LessonPart):
    """A lesson's last words."""

    put_in: str
    came_out: str
    question: str  # to take along


class Lesson(LessonPart):
    """A quarter of an hour."""

    name: str
    title: str
    order: int
    aim: str
    minutes: int
    steps: tuple[Step, ...]
    closing: Closing


@cache
def lessons() -> tuple[Lesson, ...]:
    """Every lesson, in the order in which they are taught. Raises UserInputError for a file that is not well formed."""
    here = files("supportnet.analysis.explorer").joinpath("lessons")
    found = [
        read_lesson(one.name.removesuffix(".toml"), one.read_text("utf-8"))
        for one in here.iterdir()
        if one.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda lesson: lesson.order))


def read_lesson(name: str, text: str) -> Lesson:
    """A lesson from its file. Raises UserInputError where it is not well formed."""
    try:
        return Lesson(name=name, **tomllib.loads(text))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise UserInputError(
            "this lesson is not well formed", where=name, found=str(error), expected="see `lesson.py`"
        ) from error


def as_data(lesson: Lesson) -> dict[str, Any]:
    """A lesson as the page takes it: what is left out in the file is left out."""
    return lesson.model_dump(mode="json", exclude_none=True)
