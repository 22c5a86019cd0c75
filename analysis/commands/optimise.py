"""`supportnet optimise`: the best use of a budget."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.completion import complete_levers, complete_scenarios, several
from supportnet.analysis.commands.options import (
    Json,
    Out,
    Posterior,
    Quiet,
    Replicates,
    Seed,
    Set,
    Uncertainty,
    Weeks,
    Workers,
)

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.analysis.commands.output import Output
    from supportnet.experiments.optimise.result import PortfolioResult

COARSEST = {"qpr": 0.1, "cost": 10.0, "spending": 10.0, "inequality": 0.001}  # errors: finer digits are for files
USUAL = "programmes,services.caseload,services.contacts_per_week"
BudgetEach = Annotated[
    float | None,
    typer.Option("--budget", help="Budget: money per person and year more than today's spending.", show_default=False),
]
BudgetTotal = Annotated[
    float | None,
    typer.Option(help="Budget for all --people together: money a year.", metavar="MONEY", show_default=False),
]
PeopleOfTotal = Annotated[
    int | None, typer.Option(min=1, help="How many people --budget-total is for.", show_default=False)
]
CountSavings = Annotated[
    bool, typer.Option("--count-savings", help="Let what crises and admissions cost less be spent too.")
]
Name = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="Starting point: a scenario of the library, or the path of a TOML file.",
        autocompletion=complete_scenarios,
    ),
]
Levers = Annotated[
    str,
    typer.Option(
        metavar="NAME,NAME,…",
        help="What may change: programmes (all), the name of one, services.…",
        autocompletion=several(complete_levers),
    ),
]
People = Annotated[int, typer.Option("--patients", help="People in the area.")]
Candidates = Annotated[int, typer.Option(min=4, max=1000, help="Portfolios per generation.")]
Generations = Annotated[int, typer.Option(min=1, max=1000, help="Number of generations of the search.")]
SearchReplicates = Annotated[int, typer.Option(min=1, max=1000, help="Replicates of each candidate during the search.")]


def optimise(
    budget: BudgetEach = None,
    scenario: Name = "today",
    budget_total: BudgetTotal = None,
    people: PeopleOfTotal = None,
    count_savings: CountSavings = False,
    levers: Levers = USUAL,
    patients: People = 200,
    weeks: Weeks = None,
    seed: Seed = 1,
    replicates: Replicates = 20,
    candidates: Candidates = 40,
    generations: Generations = 20,
    search_replicates: SearchReplicates = 8,
    workers: Workers = None,
    out: Out = None,
    values: Set = None,
    uncertainty: Uncertainty = None,
    posterior: Posterior = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the best use of a budget: programmes, for how many people, and levers of the service.

    The budget pays for posts, contacts and sessions; what crises and admissions cost less is shown, and may be spent
    too with --count-savings. The search looks for portfolios with more recovery, less cost and less inequality.
    Selected portfolios are re-simulated with fresh random streams, and only those results are reported. Levers that
    cost nothing in the model (services.boundary_openness, shared_decisions, continuity, turnover) are left unchanged
    unless named in --levers. The same command continues after an interruption.

    \b
    Examples:
      supportnet optimise --budget 300
      supportnet optimise --budget-total 150000 --people 500 --count-savings
      supportnet optimise --budget 150 today --levers befriending,self_help_groups,open_dialogue,services.caseload
    """
    from supportnet.analysis.commands.options import afford, overrides
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import default_folder, unfinished_store, written_together
    from supportnet.analysis.outputs.optimise import write_portfolios
    from supportnet.analysis.results.portfolios import Portfolios
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.optimise.evaluator import Budget
    from supportnet.experiments.optimise.levers import levers_of
    from supportnet.experiments.optimise.optimise import check_search, search_best_portfolio
    from supportnet.experiments.optimise.result import Size, request_for
    from supportnet.experiments.posterior.propagation import draws_for
    from supportnet.experiments.resource_needs import of_optimise
    from supportnet.sim.scenario.scenario import Scenario

    output, today = Output(as_json, quiet), Scenario.load(scenario, overrides(patients, weeks, values))
    each = budget_each(budget, budget_total, people)
    may_move = levers_of(today, [name.strip() for name in levers.split(",") if name.strip()])
    draws = draws_for(uncertainty, [today], posterior)
    size = Size(candidates, generations, replicates, search_replicates)
    check_search(each, size, draws)
    needs = of_optimise(today, len(may_move), size, n := threads(workers), draws)
    lower = "--generations, --candidates, --replicates, --search-replicates, --patients or --weeks"
    afford(needs, lower, output)
    within = Budget(each, count_savings)
    folder = out or default_folder([today.name], request_for(today, within, may_move, size, seed, draws))
    store = unfinished_store(folder, "optimise")
    with written_together(folder, "optimise", store) as hidden:
        with output.progress("Searching for the best use") as progress:
            result = search_best_portfolio(
                today,
                each,
                may_move,
                count_savings=count_savings,
                size=size,
                seed=seed,
                posterior=draws,
                workers=n,
                progress=progress or (lambda share: None),
                store=store,
            )
        found = Portfolios.of(result, scenario)
        names = write_portfolios(found, scenario, hidden, folder)
    show_portfolios(found, output)
    output.note(f"\nThe recommended portfolio as a scenario, tables and figure: {folder}")
    output.answer({**found.to_dict(), "files": {name: str(folder / name) for name in names}})


def budget_each(each: float | None, total: float | None, people: int | None) -> float:
    """The budget per person and year. Raises UserInputError where it is not given exactly once."""
    from supportnet.sim.errors import UserInputError

    if (each is None) == (total is None):
        raise UserInputError(
            "is missing" if each is None else "is given twice: for each person and for all", argument="budget",
            found="no budget" if each is None else f"{each:g}, and {total:g} in total",
            expected="--budget MONEY, or --budget-total MONEY --people N", remedy="give one of them",
        )  # fmt: skip
    if each is not None and people is None:
        return each
    if each is not None:
        raise UserInputError(
            "is not used with a budget for each person", argument="people", found=people,
            expected="--budget-total MONEY --people N", remedy="leave --people out, or give a total",
        )  # fmt: skip
    if people is None:
        raise UserInputError(
            "does not say for how many people it is", argument="budget_total", found=total,
            expected="--people N beside it", remedy="add --people, for example --people 500",
        )  # fmt: skip
    assert total is not None
    return total / people


def show_portfolios(found: "PortfolioResult", output: "Output") -> None:
    """The result on a terminal: portfolios on the front, simpler ones, and notes."""
    from supportnet.analysis.wording.portfolios import remarks

    output.show(points_table(found))
    output.show(contents_table(found))
    output.show(simpler_table(found))
    for remark in remarks(found):
        output.note(remark)


def points_table(found: "PortfolioResult") -> "Table":
    """Portfolios on the front."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import counted, probability
    from supportnet.experiments.ensemble.estimates import in_one_set

    n = counted(len(found.reported.sampling.replicates), "replicate")
    people = counted(found.today.population.patients, "person", "people")
    start = f"For up to {found.budget:g} more per person and year than {found.today.title}"
    columns = ("recovery, QPR", "cost", "spent", "inequality", "on the\nfront", "within\nbudget")
    about = f"{n} of {people}, seed {found.seed}"
    one_set = f"Probabilities of being on the front and within budget{in_one_set(found.reported.draws is not None)}"
    table = empty_table(f"\n{start}\n{about}\n{one_set}", "", columns)
    for row in found.portfolios.to_dict("records"):
        chances = probability(row["probability_on_front"]), probability(row["probability_within_budget"])
        table.add_row(f"{row['portfolio']}{' *' * row['recommended']}", *cells(row), *chances)
    return table


def contents_table(found: "PortfolioResult") -> "Table":
    """Contents of the portfolios."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.portfolios import portfolio_in_words

    head = "\nContents of the portfolios: share of people offered a programme, people per post, contacts a week"
    table = empty_table(head, "", (), "")
    for name, portfolio in zip(found.portfolios["portfolio"], found.points, strict=True):
        table.add_row(name, portfolio_in_words(found, portfolio))
    return table


def simpler_table(found: "PortfolioResult") -> "Table":
    """How far simpler portfolios with the same budget fall short."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import coarser, interval, number, probability
    from supportnet.analysis.wording.portfolios import portfolio_name
    from supportnet.experiments.ensemble.estimates import in_one_set

    columns = ("recovery, QPR", "cost", "short of A, QPR", "within\nbudget")
    within = f"Probability of being within budget{in_one_set(found.reported.draws is not None)}"
    table = empty_table(f"\nSimpler portfolios for the same budget\n{within}", "", columns)
    for row, portfolio in zip(found.regret.to_dict("records"), found.simpler.values(), strict=True):
        ends = row["regret_lower"], row["regret_upper"]
        error = max(coarser(row["regret_mcse"], *ends), COARSEST["qpr"])
        short = f"{number(row['regret'], error)} ({interval(*ends, error)})"
        within = probability(row["probability_within_budget"])
        table.add_row(portfolio_name(found, row["portfolio"], portfolio), *cells(row)[:2], short, within)
    return table


def cells(row: dict[Any, Any]) -> list[str]:
    """Differences from today with their intervals; spending without its own."""
    from supportnet.analysis.wording.formatting import coarser, interval, number

    texts = []
    for name in ("qpr", "cost", "spending", "inequality"):
        ends = row[f"{name}_lower"], row[f"{name}_upper"]
        error = max(coarser(row[f"{name}_mcse"], *ends), COARSEST[name])
        about = "" if name == "spending" else f" ({interval(*ends, error)})"
        texts.append(f"{number(row[f'{name}_difference'], error)}{about}")
    return texts
