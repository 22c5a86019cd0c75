"""The answer to a question in sentences: for one screen, and for the page of a board."""

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from supportnet.analysis.wording.caveats import compare_cautions
from supportnet.analysis.wording.formatting import (
    TWO_DECIMALS,
    coarser,
    counted,
    difference_digits,
    given,
    interval,
    number,
    share,
)
from supportnet.analysis.wording.verdicts import in_words
from supportnet.experiments.comparison.subgroups import EVERYBODY, NOTABLE, THIRDS
from supportnet.experiments.comparison.verdicts import BETTER, UNKNOWN
from supportnet.experiments.decision.result import DecisionResult, added_to
from supportnet.experiments.economics.costs import USED
from supportnet.experiments.ensemble.estimates import contains

ITEMS = {"post": "posts", "contact": "contacts", "crisis_week": "weeks in crisis", "admission": "admissions",
         "sessions": "sessions"}  # fmt: skip
LEFT_OUT = (
    "Not in the model: housing, income, work, medication, physical health; the time that posts take to be filled; and "
    "most harm: hardly anybody is worse off by a programme in it.",
    "Means are of everybody in the area, most of whom are in no programme at any time.",
    "A model for reasoning about systems, not for decisions about a person: most of its numbers are assumptions.",
)
assert ITEMS.keys() == USED.keys()


class Line(NamedTuple):
    """Something that is answered, and the answer."""

    about: str
    says: str


def answer_lines(found: DecisionResult) -> list[Line]:
    """What to do, what it gains, what it costs, how sure that is, and for whom."""
    if not found.recommended:
        return [Line("Answer", f"None of the options. {why_none(found)}")]
    lines = [Line("Answer", f"{capital(title_of(found, found.chosen))}."), *gain_and_price(found)]
    lines += [Line("How sure", one) for one in sureness(found)]
    return lines + [Line("For whom", one) for one in group_lines(found)]


def title_of(found: DecisionResult, name: str) -> str:
    """A strategy as it stands within a sentence: the titles of its options."""
    parts = found.parts[name]
    if not parts:
        return "to change nothing"
    return titles_of(found, set(parts)) + (" together" if len(parts) > 1 else "")


def titles_of(found: DecisionResult, options: Set[str]) -> str:
    """Titles of some options, in the order of the question."""
    titles = [within_sentence(one.title) for one in found.plan.question.options if one.name in options]
    return f"{', '.join(titles[:-1])} and {titles[-1]}" if len(titles) > 1 else titles[0]


def within_sentence(title: str) -> str:
    """A title with a small first letter, unless it is an abbreviation or a name in capitals."""
    return title[:1].lower() + title[1:] if not title[1:2].isupper() else title


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def why_none(found: DecisionResult) -> str:
    """Why nothing is recommended."""
    file, costs = found.plan.question.file, found.costs
    may_be = costs[costs["why_not"] == ""]
    if may_be.empty:
        return f"None may be recommended: {'; '.join(f'{row.scenario}: {row.why_not}' for row in costs.itertuples())}."
    if not may_be["within"].any():
        row = may_be.sort_values("total").to_dict("records")[0]
        return (
            f"The budget pays for none: the cheapest, {title_of(found, row['scenario'])}, costs "
            f"{rounded_money(row['total'], error_of(row))} a year for {counted(file.people, 'person', 'people')}."
        )
    return "Of none that the budget pays for is it known that personal recovery gets better."


def gain_and_price(found: DecisionResult) -> Iterator[Line]:
    """What the answer gains and costs."""
    file, cost = found.plan.question.file, row_of_costs(found, found.chosen)
    years, drawn = found.tried.comparison.worlds[0].scenario.weeks / 52, found.tried.comparison.draws is not None
    qpr = recovery_row(found, found.chosen)
    yield Line("Gain", (
        f"Personal recovery (QPR, 0 to 60) is {in_words(qpr, 'points', found.names[0], drawn)} after {years:g} years. "
        f"The smallest difference that matters: {given(qpr['smallest'])}."
    ))  # fmt: skip
    error = error_of(cost)
    yield Line("Price", (
        f"{rounded_money(cost['total'], error)} a year for {counted(file.people, 'person', 'people')} "
        f"({rounded_money(cost['total_lower'], error)} to {rounded_money(cost['total_upper'], error)}; "
        f"{found.plan.question.prices.currency}), of a budget of {found.plan.question.budget * file.people:,.0f}: "
        f"{rounded_money(cost['left_over'], error)} is left over. {savings(found, cost)}"
    ))  # fmt: skip


def savings(found: DecisionResult, cost: Mapping[Any, Any]) -> str:
    """What else costs more or less under the answer, and what of it is money."""
    people = found.plan.question.file.people
    less, counts = people * (cost["gross"] - cost["net"]), people * (cost["gross"] - cost["cashable"])
    error = people * coarser(cost["net_mcse"], cost["net_lower"], cost["net_upper"])
    if less <= 0.0:
        return f"Beyond that, {rounded_money(-less, error)} more is used, of crises and admissions."
    words = f"It uses {rounded_money(less, error)} a year less in other ways, such as crises and admissions"
    if counts > 0.0:
        return f"{words}; {rounded_money(counts, error)} of that is money that can be spent."
    return f"{words}; none of that is counted as money."


def sureness(found: DecisionResult) -> Iterator[str]:
    """How surely the answer gains more than the next cheaper one, and whether what may not get worse does."""
    steps, tried = found.steps.to_dict("records"), found.tried
    place = next(k for k, row in enumerate(steps) if row["scenario"] == found.chosen)
    if place and found.parts[steps[place - 1]["scenario"]]:
        yield f"It gains {points_more(steps[place])} {than_other(found, steps[place - 1]['scenario'])}."
    if tried.most != tried.chosen:
        more, name = added_to(tried, tried.chosen, tried.most), found.names[tried.most]
        known = "" if more["added_lower"] > 0.0 else ", which is not known to be more"
        dearer = row_of_costs(found, name)["total"] - row_of_costs(found, found.chosen)["total"]
        price = rounded_money(dearer, error_of(row_of_costs(found, name)))
        yield f"{capital(instead(found, name))} gains {points_more(more)}{known}, for {price} a year more."
    rows = found.verdicts[(found.verdicts["scenario"] == found.chosen)]
    guarded = rows[rows["outcome"].isin(found.plan.question.file.not_worse)]
    if unknown := list(guarded[guarded["verdict"] == UNKNOWN]["outcome"]):
        yield f"Not known whether it makes worse: {', '.join(unknown)}."
    elif len(guarded):
        yield f"Not worse: {', '.join(guarded['outcome'])}."


def points_more(row: Mapping[Any, Any]) -> str:
    """What is added to a gain, with its interval, and in how many versions of the model it is above 0."""
    ends, count = interval(row["added_lower"], row["added_upper"], TWO_DECIMALS), round(100 * row["share_added"])
    often = "more than 99" if count > 99 else count
    return f"{number(row['added'], TWO_DECIMALS)} points more ({ends}; so in {often} of 100 versions)"


def than_other(found: DecisionResult, name: str) -> str:
    """Another strategy that the answer is compared with: by what it lacks, where it has nothing else."""
    if set(found.parts[name]) < set(found.recommended):
        return f"than without {titles_of(found, set(found.recommended) - set(found.parts[name]))}"
    return f"than {title_of(found, name)}"


def instead(found: DecisionResult, name: str) -> str:
    """Another strategy in the place of the answer: by what it has beyond it, where it lacks nothing."""
    if set(found.recommended) < set(found.parts[name]):
        return f"with {titles_of(found, set(found.parts[name]) - set(found.recommended))} as well, it"
    return title_of(found, name)


def group_lines(found: DecisionResult) -> Iterator[str]:
    """How many are better and worse off, and which group gains most beyond everybody else."""
    if found.for_whom is None:
        return
    (row,) = found.for_whom[found.for_whom["group"] == EVERYBODY].to_dict("records")
    yield (
        f"{share(row['better'])} of people are better off by more than {NOTABLE:g} points, and {share(row['worse'])} "
        f"are worse off by so much."
    )
    rows = found.for_whom[found.for_whom["contrast_lower"] > 0.0].sort_values("contrast")
    for most in rows.tail(1).to_dict("records"):
        ends = most["contrast_lower"], most["contrast_upper"]
        digits = difference_digits("qpr", most["contrast_mcse"], *ends)
        ceiling = " (the scale ends at 60, so this is no finding)" if most["group"] in THIRDS else ""
        yield (
            f"{capital(group_in_words(most))} gain most: {number(most['contrast'], digits)} points more than everybody "
            f"else ({interval(*ends, digits)}){ceiling}."
        )


def group_in_words(row: Mapping[Any, Any]) -> str:
    """A group of people by how they were on the first day."""
    if row["group"] in THIRDS:
        return f"people in the {row['group']} of recovery at the start"
    return f"people with {row['group']}" + (" networks" if "network" in row["by"] else "")


def what_changes_the_answer(found: DecisionResult) -> Iterator[str]:
    """What would change the answer: another budget, another price, another assumption."""
    yield from other_budgets(found)
    yield other_prices(found)
    if len(found.assumptions):
        yield other_assumptions(found)


def other_budgets(found: DecisionResult) -> Iterator[str]:
    """The answer at other budgets, for all people a year."""
    budget = found.plan.question.budget * found.plan.question.file.people
    steps = found.steps.to_dict("records")
    less = [row for row in steps if row["scenario"] != found.chosen and 0.0 < row["budget"] <= budget]
    more = [row for row in steps if row["budget"] > budget]
    for word, rows in (("A smaller budget", less), ("A larger budget", more[:1])):
        if words := [step_in_words(found, row) for row in rows]:
            yield f"{word}: {'; '.join(words)}."
    if not more:
        yield "More money would not change it: all that was tried is within the budget, or is not better."


def step_in_words(found: DecisionResult, row: Mapping[Any, Any]) -> str:
    """From which budget on which strategy is the answer."""
    error = error_of(row_of_costs(found, row["scenario"])) if found.parts[row["scenario"]] else math.nan
    return f"from {rounded_money(row['budget'], error)} {title_of(found, row['scenario'])} (+{row['gain']:.2f})"


def other_prices(found: DecisionResult) -> str:
    """Prices within whose range the answer changes."""
    if found.prices.empty:
        return "No price within its range changes it, the others as expected."
    words = [
        f"{ITEMS[row['item']]} at {row['at']:,.4g} or {'more' if row['at'] > row['price'] else 'less'} "
        f"({row['price']:,.4g} expected): {title_of(found, row['scenario'])}"
        for row in found.prices.to_dict("records")
    ]
    return f"A price: {'; '.join(words)}."


def other_assumptions(found: DecisionResult) -> str:
    """Whether the answer stays better under other assumptions, and which matters most."""
    rows = found.assumptions.iloc[1:]
    kept = rows[rows["verdict"] == BETTER]
    if len(kept) < len(rows):
        lost = rows[rows["verdict"] != BETTER].to_dict("records")
        words = "; ".join(f"{row['about']}: {row['changed']} ({number(row['difference'], 0.1)})" for row in lost)
        return f"Of {len(rows)} other assumptions tried, these leave it not known to be better: {words}."
    low = kept.sort_values("difference").iloc[0]
    return (
        f"It stays better under all {len(rows)} other assumptions tried, by {kept['difference'].min():.2f} to "
        f"{kept['difference'].max():.2f} points; least with this one: {low['about']}: {low['changed']}."
    )


def decision_cautions(found: DecisionResult) -> list[str]:
    """Cautions about the answer, the options and the prices."""
    question, lines = found.plan.question, list[str]()
    if assumed := question.prices.assumed:
        which = "All prices" if len(assumed) == len(USED) else f"Prices of {', '.join(ITEMS[one] for one in assumed)}"
        lines.append(f'{which} are assumptions, to be replaced by local ones (costs = "prices.toml")')
    lines += list(odd_budget(found))
    untouched = [name for k, name in enumerate(found.names) if k and not changes_anything(found, k)]
    lines += [f"{name} changes nothing here: nobody takes part" for name in untouched]
    for pair, about in found.plan.apart.items():
        lines.append(f"{' and '.join(pair)} were not combined: they contradict each other ({about})")
    return [*lines, *compare_cautions(found.tried.comparison)]


def odd_budget(found: DecisionResult) -> Iterator[str]:
    """The question whether a total was typed as per person, or the other way round."""
    used = found.tried.samples.used[:, 0].mean(axis=0) @ found.plan.question.prices.expected
    question = found.plan.question
    if question.budget > used:
        yield (
            f"the budget of {question.budget:,.0f} a person is more than all that {found.names[0]} costs ({used:,.0f} "
            f"a person and year): if it is for all people together, write budget_total"
        )
    cheapest = found.costs["total"].where(found.costs["total"] > 0.0).min()
    total = question.file.budget_total
    if total is not None and total < cheapest <= total * question.file.people:
        yield (
            f"the budget is {question.budget:,.4g} a person and year: if {total:,.0f} is meant for each person, write "
            f"budget_per_person"
        )


def changes_anything(found: DecisionResult, k: int) -> bool:
    """Whether anything of what was recorded differs from the baseline in any replicate."""
    samples = found.tried.samples
    return any((values[:, k] != values[:, 0]).any() for values in (samples.effect, samples.used))


def recovery_row(found: DecisionResult, name: str) -> dict[Any, Any]:
    """The difference in QPR that a strategy makes, as `in_words` takes it."""
    rows = found.tried.comparison.differences
    row: dict[Any, Any]
    (row,) = rows[(rows["scenario"] == name) & (rows["outcome"] == "qpr")].to_dict("records")
    return row


def row_of_costs(found: DecisionResult, name: str) -> dict[Any, Any]:
    """What a strategy costs."""
    row: dict[Any, Any]
    (row,) = found.costs[found.costs["scenario"] == name].to_dict("records")
    return row


def error_of(row: Mapping[Any, Any]) -> float:
    """The error that sets the digits of a total."""
    return (float(row["total_upper"]) - float(row["total_lower"])) / 4.0


def rounded_money(value: float, error: float) -> str:
    """An amount of money, rounded to a part of its error: more digits would be spurious."""
    if not (math.isfinite(error) and error > 0.0):
        return f"{value:,.0f}"
    unit = 10.0 ** math.floor(math.log10(error / 2.0))
    return f"{round(value / unit) * unit + 0.0:,.0f}"


def basis(found: DecisionResult) -> str:
    """What was simulated, in words."""
    comparison, tried = found.tried.comparison, counted(len(found.plan.mixes), "option or mix", "options and mixes")
    people = counted(comparison.worlds[0].scenario.population.patients, "person", "people")
    return (
        f"{tried} tried in areas of {people}; {len(comparison.worlds) - 1} of them simulated anew "
        f"{counted(comparison.n_replicates, 'time')}, with other random numbers: all that is said here is from these. "
        f"{contains(comparison.posterior)}."
    )


def letters(names: Sequence[str]) -> dict[str, str]:
    """A letter for each option, for tables in which names would not fit."""
    return {name: chr(ord("A") + k) for k, name in enumerate(names)}
