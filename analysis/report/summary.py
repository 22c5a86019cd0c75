"""The first page: what each option gains and costs, in a sentence, and a picture."""

import base64
import io
import math
from typing import Any, NamedTuple

import pandas as pd

from supportnet.analysis.report.parts import Figure
from supportnet.analysis.wording.formatting import coarser, counted, interval, number, with_remark
from supportnet.analysis.wording.verdicts import in_words
from supportnet.experiments.comparison.service_changes import NOT_RANKED, remarks_on
from supportnet.experiments.comparison.verdicts import usual_smallest_differences, verdict
from supportnet.sim.scenario.scenario import Scenario

MOST = 4  # options on the first page
OUTCOME = "qpr"


class OptionAnswer(NamedTuple):
    """What is said of one option."""

    title: str
    says: str


class OptionPrice(NamedTuple):
    """What an option costs more than the baseline, per person and year, with its 95 % interval."""

    cost: float
    mcse: float
    lower: float
    upper: float


def summary(
    differences: pd.DataFrame, scenarios: list[Scenario], prices: dict[str, OptionPrice], drawn: bool
) -> list[OptionAnswer]:
    """One sentence an option, in the order of the scenarios; a cut has no price. drawn: whether intervals are over
    draws."""
    remarks = remarks_on(scenarios)
    prices = {name: price for name, price in prices.items() if remarks[name] != NOT_RANKED}
    return [
        OptionAnswer(
            with_remark(one.title, remarks[one.name]),
            f"{in_few_words(recovery_difference(differences, one.name), drawn)}{price_in_words(prices.get(one.name))}.",
        )
        for one in scenarios[1:]
    ]


def recovery_difference(differences: pd.DataFrame, scenario: str) -> dict[Any, Any]:
    """The difference in personal recovery, with a verdict; tables of earlier versions have none."""
    row: dict[Any, Any]
    (row,) = differences[(differences["scenario"] == scenario) & (differences["outcome"] == OUTCOME)].to_dict("records")
    smallest = row.get("smallest", usual_smallest_differences()[OUTCOME])
    found = row.get("verdict") or verdict(OUTCOME, row["lower"], row["upper"], smallest)
    return {"probability_better": math.nan, **row, "smallest": smallest, "verdict": found}


def in_few_words(row: dict[Any, Any], drawn: bool) -> str:
    """A difference in recovery."""
    return in_words(row, "points", "the baseline", drawn).replace(" versions of the model", " versions")


def price_in_words(price: OptionPrice | None) -> str:
    """What an option costs, as it ends a sentence."""
    if price is None or not math.isfinite(price.cost):
        return ""
    digits = coarser(price.mcse, price.lower, price.upper)
    ends = f" ({interval(price.lower, price.upper, digits)})" if math.isfinite(price.lower) else ""
    return f"; costs {number(price.cost, digits)} a person and year{ends}"


def prices_of(differences: pd.DataFrame, strategies: pd.DataFrame | None) -> dict[str, OptionPrice]:
    """What each option costs: as an evaluation prices it, or at the comparison's own unit costs."""
    if strategies is not None:
        rows, name = strategies, "incremental_cost"
        columns = [name, f"{name}_mcse", f"{name}_lower", f"{name}_upper"]
    else:
        rows = differences[differences["outcome"] == "cost"]
        columns = ["difference", "mcse", "lower", "upper"]
    values = rows[columns].to_numpy(float)
    return {str(one): OptionPrice(*map(float, row)) for one, row in zip(rows["scenario"], values, strict=True)}


def gains_picture(differences: pd.DataFrame, scenarios: list[Scenario], prices: dict[str, OptionPrice]) -> Figure:
    """Gains of the options with their intervals and prices."""
    from supportnet.analysis.figures.gains import GainRow, gains_figure  # slow to load

    rows = []
    for one in scenarios[1:]:
        row, price = recovery_difference(differences, one.name), prices.get(one.name)
        beside = f" · {number(price.cost, coarser(*price[1:]))}" if price else ""
        rows.append(GainRow(one.title, beside, row["difference"], row["lower"], row["upper"]))
    people = counted(scenarios[0].population.patients, "person", "people")
    drawn = gains_figure(
        rows, f"Gain in personal recovery after {scenarios[0].weeks / 52:g} years",
        "and cost per person and year. Bars: 95 % intervals", f"points of the QPR (0 to 60), mean of {people}",
    )  # fmt: skip
    file = io.BytesIO()
    drawn.savefig(file, format="png", dpi=200, metadata={"Software": None})
    address = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return Figure(
        address, "Gain in personal recovery of each option with its 95 % interval; the sentences say the same."
    )
