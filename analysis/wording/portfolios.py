"""Cautions and remarks about portfolios."""

from collections.abc import Iterator

from supportnet.analysis.wording.caveats import cautions, few_replicates, not_fitted
from supportnet.analysis.wording.formatting import interval, number, rounded
from supportnet.analysis.wording.service_changes import cut_services, free_levers
from supportnet.experiments.ensemble.estimates import contains, in_one_set
from supportnet.experiments.optimise.evaluator import SPENDING
from supportnet.experiments.optimise.levers import Portfolio
from supportnet.experiments.optimise.optimise import SURE
from supportnet.experiments.optimise.result import PortfolioResult
from supportnet.sim.scenario.scenario import Scenario

HARDLY = 0.5  # probability of holding the budget
ASSUMED = (
    "what money buys follows from the model's assumptions, and prices are assumptions (docs/parameters.md): for "
    "reasoning about systems, not for decisions about a person, and not a budget plan"
)


def portfolio_in_words(found: PortfolioResult, portfolio: Portfolio) -> str:
    """What a portfolio sets differently from today: befriending .2, caseload 22.7."""
    parts = []
    for lever, step in zip(found.levers, portfolio, strict=True):
        if step:
            parts.append(f"{lever.short.replace('_', ' ')} {f'{lever.values[step]:.4g}'.removeprefix('0')}")
    return ", ".join(parts) or "today"


def portfolio_name(found: PortfolioResult, name: str, portfolio: Portfolio) -> str:
    """A simpler portfolio with how much of it the budget buys."""
    if not any(portfolio):
        return name if name == "nothing" else f"{name.replace('_', ' ')}: nothing affordable"
    if name.endswith(" alone"):
        return f"{portfolio_in_words(found, portfolio)} alone"
    most = max(lever.values[step] for lever, step in zip(found.levers, portfolio, strict=True) if step)
    return f"{name}: {f'{most:.4g}'.removeprefix('0')}"


def cautions_of(found: PortfolioResult) -> list[str]:
    """Why these results are less reliable than they seem."""
    posterior = found.reported.sampling.posterior
    lines = not_fitted(posterior) + [f"{found.today.name} is {caution}" for caution in cautions(found.today, posterior)]
    lines += more_than_today(found)
    lines += cut_services([root_of(found.today), found.today])
    lines += few_replicates(len(found.reported.sampling.replicates), found.reported.draws)
    if free := [lever.name for lever in found.levers if lever.free]:
        lines.append(free_levers(free))
    if not any(found.recommended):
        lines.append(
            f"no portfolio in the search both kept to this budget (with a probability of {SURE:.0%}) and improved on "
            f"today in any respect: A is today"
        )
    if (probability := found.portfolios["probability_within_budget"][0]) < HARDLY:
        lines.append(
            f"with fresh random numbers A keeps to the budget with a probability of only {probability:.0%}"
            f"{in_one_set(found.reported.draws is not None)}: choose another portfolio, or search with more people or "
            "replicates"
        )
    return [*lines, ASSUMED]


def root_of(scenario: Scenario) -> Scenario:
    """The scenario at the end of the `based_on` chain."""
    return Scenario(scenario.layers[0].source.name, scenario.layers[:1])


def spending(spent: float, cost: float) -> str:
    """Spending of a portfolio, and savings on crises and admissions."""
    back = spent - cost
    more = f"{abs(spent):,.0f} {'more' if spent > 0 else 'less'} per person and year on posts, contacts and sessions"
    part = " of it" if 0 < back < spent else ""
    crises = f"{back:,.0f}{part} is recovered through fewer" if back > 0 else f"another {-back:,.0f} is spent on more"
    return f"A spends {more}; {crises} crises and admissions, at their assumed prices."


def left_over(found: PortfolioResult) -> str:
    """What A leaves of the budget, and what is held against it."""
    rest = found.portfolios["left_over"][0]
    counted_in = "what crises and admissions cost less is counted" if found.count_savings else (
        "what crises and admissions cost less is not counted (--count-savings)"
    )  # fmt: skip
    over = f"{rest:,.0f} is left over" if rest >= 0.0 else f"it is exceeded by {-rest:,.0f}"
    return f"Of the budget of {found.budget:,.0f} per person and year {over}: {counted_in}."


def more_than_today(found: PortfolioResult) -> list[str]:
    """The question whether a total was given as what there is for each person, where all of today costs less."""
    spent = float(found.reported.values[found.reported.nothing][:, SPENDING].mean())
    if found.budget <= spent:
        return []
    return [
        f"the budget of {found.budget:,.0f} per person and year is more than everything that {found.today.name} spends "
        f"on posts, contacts and sessions ({spent:,.0f}): if it is meant for all people together, use --budget-total"
    ]


def remarks(found: PortfolioResult) -> Iterator[str]:
    """Remarks below the tables."""
    yield (
        f"* recommended: most recovery among those that kept to the budget with a probability of {SURE:.0%} or more "
        "when selected, with random numbers other than those reported here.\n"
        "Differences from today, in paired replicates. Cost: net of savings; spent: posts, contacts and "
        "sessions, without crises and admissions. On the front: no portfolio here has more recovery, less cost and "
        "less inequality.\n"
        f"{contains(found.reported.sampling.posterior)}, not adjusted for the number of comparisons."
    )
    qpr, cost, *_ = found.optimism.to_dict("records")
    error = (qpr["upper"] - qpr["lower"]) / 4.0
    searched = found.searched
    seen, fresh = (
        f"{rounded(qpr[runs], 2, '+')} QPR and {rounded(cost[runs], 0, '+')} in cost"
        for runs in ("searched", "reported")
    )
    yield (
        f"The search ({len(searched.values) - 1:,} portfolios, {len(searched.sampling.replicates)} replicates "
        f"each) estimated its best portfolio at {seen}; with fresh random numbers: {fresh}. "
        f"Optimism: {number(qpr['optimism'], error)} QPR ({interval(qpr['lower'], qpr['upper'], error)}). "
        "No result above comes from the runs of the search."
    )
    first = found.portfolios.iloc[0]
    if any(found.recommended):
        yield spending(first["spending_difference"], first["cost_difference"])
        yield left_over(found)
    rows = zip(found.regret["regret_lower"], found.simpler.items(), strict=True)
    if close := [
        portfolio_name(found, name, one) for lower, (name, one) in rows if lower <= 0.0 and one != found.recommended
    ]:
        yield f"Not distinguishable from A in recovery: {', '.join(close)}."
    for caution in cautions_of(found):
        yield f"Caution: {caution}."
