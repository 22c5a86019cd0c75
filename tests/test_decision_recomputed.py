"""Every figure of a decision worked out again from its raw rows, with numpy and pandas only."""

import json
import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import supportnet as sn
from supportnet.experiments.decision.mixes import mix_of
from tests.draws import few_draws
from tests.questions import QUESTION, question_at

Doubles = NDArray[np.float64]
SIZE: dict[str, Any] = {"patients": 80, "weeks": 30, "replicates": 16}
ITEMS = {"post": "posts", "contact": "contacts_staff", "crisis_week": "crisis_weeks", "admission": "admissions",
         "sessions": "session_cost"}  # fmt: skip
SPENT = ["post", "contact", "sessions"]
NEARLY, LIVES = 0.95, 2


class Files(NamedTuple):
    """What a decision left in its folder."""

    folder: Path
    uncertainty: dict[str, Any]

    @property
    def drawn(self) -> bool:
        return "posterior" in self.uncertainty

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / name) if name.endswith("csv") else pd.read_parquet(self.folder / name)

    @property
    def provenance(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "provenance.json").read_text("utf-8"))
        return content

    @property
    def rows(self) -> pd.DataFrame:
        """Raw values, one column a scenario and outcome, one row a replicate."""
        long = self.table("outcomes.parquet")
        return long.pivot(index="replicate", columns=["scenario", "outcome"], values="value").sort_index()

    @property
    def names(self) -> list[str]:
        return list(self.provenance["names"])

    @property
    def prices(self) -> dict[str, float]:
        content = tomllib.loads((self.folder.parent / "prices.toml").read_text("utf-8"))
        return {item: float(content[item]["value"]) for item in ITEMS}

    def more(self, name: str) -> pd.DataFrame:
        """What a strategy uses more than today, one column an item."""
        return pd.DataFrame({item: self.rows[name][own] - self.rows["today"][own] for item, own in ITEMS.items()})

    def interval(self, values: pd.Series, besides: float = 0.0) -> tuple[float, float]:
        """The 95 % interval of a mean: Student's, or over draws of the expectations under a draw; besides: a variance
        that is added."""
        return (over_draws if self.drawn else student)(values.to_numpy(), besides)


@pytest.fixture(scope="module", params=["numbers as set", "draws"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder, drawn = tmp_path_factory.mktemp("decision"), request.param == "draws"
    uncertainty: dict[str, Any] = {"posterior": few_draws(folder)} if drawn else {"uncertainty": "none"}
    sn.decide(question_at(folder), **SIZE, **uncertainty).save(folder / "out")
    return Files(folder / "out", uncertainty)


@cache
def student_table(freedom: float) -> tuple[Doubles, Doubles]:
    """The distribution function of Student's t by the angle whose tangent it is of, by the trapezoidal rule."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 20_001)
    density = scale * np.cos(angle) ** (freedom - 1.0)
    return angle, np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2.0 * np.diff(angle))])


def student_cdf(at: Doubles, freedom: float) -> Doubles:
    return np.interp(np.arctan(at / math.sqrt(freedom)), *student_table(freedom))


def quantile(points: Doubles, scale: float, freedom: float, p: float) -> float:
    """Of an equal mixture of Student's t distributions of one scale, by bisection."""
    low, high = points.min() - 99.0 * scale - 1e-9, points.max() + 99.0 * scale + 1e-9
    for _ in range(45):
        middle = (low + high) / 2.0
        below = float(student_cdf((middle - points) / scale, freedom).mean()) < p
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2.0


def student(values: Doubles, besides: float) -> tuple[float, float]:
    """Student's interval of a mean."""
    n = len(values)
    error = math.sqrt(values.var(ddof=1) / n + besides)
    if error == 0.0:
        return values[0], values[0]
    low, high = (quantile(values.mean(keepdims=True), error, n - 1.0, p) for p in (0.025, 0.975))
    return low, high


def over_draws(values: Doubles, besides: float) -> tuple[float, float]:
    """The interval over draws as docs/calibration.md states it."""
    lives = values.reshape(-1, LIVES)
    n, means = len(lives), lives.mean(axis=1)
    between, noise = means.var(ddof=1), lives.var(axis=1, ddof=1).mean() / LIVES
    if between == 0.0:
        return means[0], means[0]
    signal = expectation_of_share(between / noise, n - 1.0, float(n)) if noise > 0.0 else 1.0
    points = means.mean() + math.sqrt(signal) * (means - means.mean())
    scale = math.sqrt(between * (1.0 + 2.0 * signal) / n + besides)
    low, high = (quantile(points, scale, n - 1.0, p) for p in (0.025, 0.975))
    return low, high


def expectation_of_share(ratio: float, between: float, within: float) -> float:
    """Posterior mean of the share of variance that is no luck; the standard deviation uniform beforehand."""
    sd = np.linspace(0.0, 1.0, 10_001)[1:-1]  # share = sd² / (1 + sd²) runs over 0-1 as sd runs from 0 to infinity
    sd = sd / (1.0 - sd)
    rest = 1.0 / (1.0 + sd**2)
    log = (between / 2.0) * np.log(rest) - (between + within) / 2.0 * np.log1p(between / within * ratio * rest)
    weight = np.exp(log - log.max()) * (1.0 + sd) ** 2  # of the step in sd
    return float((weight * (1.0 - rest)).sum() / weight.sum())


def test_differences_and_verdicts(files: Files) -> None:
    told = files.table("verdicts.csv").set_index(["scenario", "outcome"])
    for name in files.names[1:]:
        for outcome in ("qpr", "loneliness", "alliance", "relapses", "strongest_tie"):
            values, row = files.rows[name][outcome] - files.rows["today"][outcome], told.loc[(name, outcome)]
            assert row["difference"] == pytest.approx(values.mean(), abs=1e-12)
            low, high = files.interval(values)
            assert (row["lower"], row["upper"]) == pytest.approx((low, high), rel=2e-3, abs=1e-9)
            smallest = {"qpr": 1.0}.get(outcome, row["smallest"])
            assert row["smallest"] == smallest
            if low > 0.0 or high < 0.0:
                higher = outcome in ("qpr", "alliance", "strongest_tie")
                assert row["verdict"] == ("better" if (low > 0.0) == higher else "worse")
            else:
                none = max(-low, high) < smallest or low == high == 0.0
                assert row["verdict"] == ("no difference that matters" if none else "not known")


def test_money(files: Files) -> None:
    told, people, budget = files.table("costs.csv").set_index("scenario"), QUESTION["people"], QUESTION["budget_total"]
    prices = pd.Series(files.prices)
    for name in files.names[1:]:
        more = files.more(name)
        means = more.mean()
        spent = [item for item in SPENT if means[item] > 0.0]
        dearer = [item for item in ITEMS if item not in SPENT and means[item] > 0.0]
        saved = [item for item in QUESTION["cashable"] if means[item] < 0.0]
        kinds = {"gross": spent, "net": [*ITEMS], "cashable": [*spent, *dearer, *saved]}
        for kind, items in kinds.items():
            assert told.loc[name, kind] == pytest.approx((more[items] @ prices[items]).mean(), abs=1e-9)
        total = people * told.loc[name, "gross"]
        assert told.loc[name, "total"] == pytest.approx(total)
        assert told.loc[name, "left_over"] == pytest.approx(budget - total)
        assert told.loc[name, "within"] == (total <= budget)


def test_intervals_of_money(files: Files) -> None:
    """Prices vary as beta distributions whose variance is known: width² (m - m²) / 7, m the place of the mean in it."""
    content = tomllib.loads((files.folder.parent / "prices.toml").read_text("utf-8"))
    variance = {}
    for item in ITEMS:
        low, mean, high = (content[item][end] for end in ("low", "value", "high"))
        place = (mean - low) / (high - low) if high > low else 0.0
        variance[item] = (high - low) ** 2 * place * (1.0 - place) / 7.0
    told = files.table("costs.csv").set_index("scenario")
    for name in files.names[1:]:
        more = files.more(name)
        of_prices = sum(variance[item] * more[item].mean() ** 2 for item in ITEMS)
        low, high = files.interval(more @ pd.Series(files.prices), of_prices)
        assert told.loc[name, "net_upper"] - told.loc[name, "net_lower"] == pytest.approx(high - low, rel=0.05)


def gains_and_gross(files: Files, prices: dict[str, float] | None = None) -> tuple[pd.DataFrame, pd.Series]:
    qpr = pd.DataFrame({name: files.rows[name]["qpr"] for name in files.names})
    means = pd.DataFrame({name: files.more(name).mean().clip(lower=0.0) for name in files.names})
    return qpr, (means.loc[SPENT].T @ pd.Series(prices or files.prices)[SPENT])


def chosen(files: Files, budget: float, prices: dict[str, float] | None = None) -> str:
    """The rule in the words of docs/decide.md."""
    qpr, gross = gains_and_gross(files, prices)
    gains = qpr.mean() - qpr["today"].mean()
    verdicts = files.table("verdicts.csv")
    guarded = verdicts[verdicts["outcome"].isin(QUESTION["not_worse"])]
    worse = set(guarded[guarded["verdict"] == "worse"]["scenario"])
    held = [
        name for name in files.names[1:]
        if name not in worse and gross[name] <= budget and files.interval(qpr[name] - qpr["today"])[0] > 0.0
    ]  # fmt: skip
    front = [one for one in held if not any(gross[two] <= gross[one] and gains[two] > gains[one] for two in held)]
    front.sort(key=lambda name: gross[name])
    for name in front:
        most = front[-1]
        if gains[name] >= NEARLY * gains[most] or files.interval(qpr[most] - qpr[name])[0] <= 0.0:
            return name
    return "today"


def test_the_answer(files: Files) -> None:
    answer = chosen(files, QUESTION["budget_total"] / QUESTION["people"])
    told = files.provenance["recommended"]
    assert told == ([] if answer == "today" else answer.split(" + "))
    assert told


def test_the_answer_at_other_budgets(files: Files) -> None:
    people, rows = QUESTION["people"], files.table("budgets.csv").to_dict("records")
    qpr, gross = gains_and_gross(files)
    for row in rows:
        assert chosen(files, 1.001 * row["budget"] / people) == row["scenario"]
        assert row["gain"] == pytest.approx((qpr[row["scenario"]] - qpr["today"]).mean(), abs=1e-9)
        if row["budget"] > 0.0:
            assert chosen(files, 0.999 * row["budget"] / people) != row["scenario"]
    for before, row in zip([{"scenario": "today"}, *rows], rows, strict=False):
        added = qpr[row["scenario"]] - qpr[before["scenario"]]
        assert row["added"] == pytest.approx(added.mean(), abs=1e-9)
        assert (row["added_lower"], row["added_upper"]) == pytest.approx(files.interval(added), rel=2e-3, abs=1e-9)
    assert all(chosen(files, float(at)) in {row["scenario"] for row in rows} for at in gross)


def test_prices_at_which_the_answer_changes(files: Files) -> None:
    budget, changes = QUESTION["budget_total"] / QUESTION["people"], files.table("prices.csv").to_dict("records")
    now = chosen(files, budget)
    for row in changes:
        step = 1e-4 * (row["at"] - row["price"])
        assert chosen(files, budget, files.prices | {row["item"]: row["at"] + step}) == row["scenario"] != now
        assert chosen(files, budget, files.prices | {row["item"]: row["at"] - step}) == now


def test_for_whom(files: Files) -> None:
    persons, told = files.table("persons.parquet"), files.table("for_whom.csv").set_index("group")
    names = list(dict.fromkeys(persons["scenario"]))
    before, after = (persons[persons["scenario"] == name].reset_index(drop=True) for name in names)
    gained = 60.0 * (after["last_recovery"].astype(float) - before["last_recovery"].astype(float))
    low, high = np.quantile(before["first_recovery"], (1 / 3, 2 / 3))
    lowest = before["first_recovery"] <= low
    highest = before["first_recovery"] > high
    for group, who in (("everybody", lowest | ~lowest), ("lowest third", lowest), ("highest third", highest)):
        row = told.loc[group]
        assert row["people"] == who.sum()
        assert row["better"] == pytest.approx((gained[who] > 5.0).mean())
        assert row["worse"] == pytest.approx((gained[who] < -5.0).mean())
        if group != "everybody":
            inside, outside = (gained[some].groupby(before["replicate"][some]).mean() for some in (who, ~who))
            assert row["contrast"] == pytest.approx((inside - outside).mean(), abs=1e-6)
            ends = files.interval(inside - outside)
            assert (row["contrast_lower"], row["contrast_upper"]) == pytest.approx(ends, rel=2e-3, abs=1e-6)


def test_another_assumption__is_a_comparison_with_it(files: Files) -> None:
    told = files.table("assumptions.csv").iloc[1]
    assert "recover.reciprocity_weight" in told["about"]
    folder, today = files.folder.parent, sn.Scenario.load("today")
    options = [
        sn.Scenario.load(folder / f"{one}.toml" if (folder / f"{one}.toml").exists() else one)
        for one in files.provenance["recommended"]
    ]
    answer = mix_of(today, options) if len(options) > 1 else options[0]
    size = {"patients": SIZE["patients"], "weeks": SIZE["weeks"]}
    values = {"recover.reciprocity_weight": float(told["changed"]), "population.patients": size["patients"]}
    found = sn.compare(
        *(one.with_values(values | {"weeks": size["weeks"]}) for one in (today, answer)), replicates=16,
        **files.uncertainty,
    )  # fmt: skip
    assert told["difference"] == pytest.approx(found[answer.name, "qpr"].difference)
