"""The shape of a question file: every key with its unit and range."""

from typing import Annotated, Any

from pydantic import Field

from supportnet.experiments.economics.costs import LONGEST, MOST, USED
from supportnet.sim.scenario.schema import OneOf, TomlTable

MOST_OPTIONS = 12
Item = Annotated[str, OneOf(USED)]
Options = Annotated[list[str], Field(min_length=1, max_length=MOST_OPTIONS)]


def amount_above_0(says: str) -> Any:
    return Field(None, gt=0, le=MOST, allow_inf_nan=False, title=f"a number above 0, up to {MOST:g}", description=says)


def text_about(says: str) -> Any:
    return Field("", title="a text", description=says)


class AuthorsTable(TomlTable):
    """What a report of an economic evaluation states and only its authors know (CHEERS 2022)."""

    plan: str = text_about("Where the plan of the analysis was written down beforehand.")
    involvement: str = text_about("How people in recovery, their supporters and others took part in the study.")
    funding: str = text_about("Who paid for the study.")
    conflicts: str = text_about("Conflicts of interest of its authors.")


class QuestionFile(TomlTable):
    """A question file: people, a budget, options, and what counts."""

    title: str = Field(min_length=1, title="a text", description="The question, as it stands above the answer.")
    baseline: str = Field(
        "today", title="a scenario or the path of its file", description="What options are compared with."
    )
    people: int = Field(ge=1, le=10**9, title="a whole number from 1", description="People whom the budget is for.")
    budget_total: float | None = amount_above_0("Money a year for all of them, beyond what the baseline spends.")
    budget_per_person: float | None = amount_above_0("The same for each person.")
    currency: str = Field("", max_length=LONGEST, title="a text", description="Of the budget; must be that of prices.")
    price_year: int | None = Field(
        None, ge=1900, le=2200, title="a year", description="Of the budget; must be that of prices."
    )
    options: Options = Field(
        title=f"1 to {MOST_OPTIONS} scenarios or paths of files",
        description="What could be done: scenarios based on the baseline.",
    )
    costs: str = text_about("Path of a cost file; the shipped prices, which are assumptions, where it is left out.")
    not_worse: list[str] = Field(
        [], title="a list of outcomes", description="Outcomes that may not get worse under what is recommended."
    )
    smallest_difference: dict[str, float] = Field(
        {}, title="outcomes with a number above 0", description="The smallest difference that matters, by outcome."
    )
    cashable: list[Item] = Field(
        [], title=f"a list of: {', '.join(USED)}", description="What saves money that can be spent, where less is used."
    )
    report: AuthorsTable = Field(AuthorsTable(), title="a table", description="For the checklist of a report.")


def question_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a question file, for editors."""
    schema = QuestionFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "supportnet question"}
