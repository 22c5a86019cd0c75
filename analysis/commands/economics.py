"""`supportnet economics`: cost-effectiveness of a finished comparison."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportnet.analysis.commands.completion import complete_outcomes
from supportnet.analysis.commands.options import Full, Json, Out, Quiet, Seed

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.economics import Economics
    from supportnet.experiments.economics.decision_scope import DecisionScope

MOST_NUMBERS = 5  # numbers of the model shown by themselves


def printed(asked: bool) -> None:
    """Print the shipped cost file and exit."""
    if asked:
        from supportnet.experiments.economics.costs import shipped_file

        print(shipped_file().decode(), end="")
        raise typer.Exit


def economics(
    comparison: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished comparison.")],
    costs: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Cost file. [shipped prices, which are assumptions]", show_default=False),
    ] = None,
    effect: Annotated[
        str,
        typer.Option(
            "--effect",
            "--outcome",
            metavar="OUTCOME",
            help="Measure of effect: an outcome; of relapses, admissions and the like, how many are avoided.",
            autocompletion=complete_outcomes,
        ),
    ] = "qpr",
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Willingness to pay for a unit of effect at which to report the value of information. "
            "[the highest incremental ratio with a standard error below half of it]",
            show_default=False,
        ),
    ] = None,
    posterior: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="The posterior used by the comparison. [the shipped one]", show_default=False
        ),
    ] = "",
    population: Annotated[
        int | None,
        typer.Option(metavar="N", help="People whom the choice concerns at any time. [none]", show_default=False),
    ] = None,
    years: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Years for which the choice stands: with --population, for the value of information to all of them. "
            "[none]",
            show_default=False,
        ),
    ] = None,
    discount: Annotated[
        float, typer.Option(metavar="RATE", help="Discount rate per year of costs and effects, such as 0.035.")
    ] = 0.0,
    study_people: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="People in a study: its expected value, for what stands out among parameters. [none]",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 1,
    print_costs: Annotated[
        bool,
        typer.Option("--print-costs", callback=printed, is_eager=True, help="Print the shipped prices, for editing."),
    ] = False,
    out: Out = None,
    full: Full = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Cost-effectiveness of scenarios: ratios, dominance, acceptability and the value of information.

    Resources used in the replicates of a comparison are priced; nothing is simulated. Costs are per person and year,
    effects at the end of the run.

    \b
    Examples:
      supportnet economics results/compare-today-1a2b3c4d
      supportnet economics --print-costs > prices.toml
      supportnet economics results/mine --costs prices.toml --effect share_recovered_personal --threshold 20000
    """  # fmt: skip
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import written_together
    from supportnet.analysis.outputs.economics import folder_for
    from supportnet.analysis.results.economics import economics as cost_effectiveness

    output = Output(as_json, quiet)
    with output.progress("Weighing costs and effects"):
        found = cost_effectiveness(
            comparison, effect, costs, threshold=threshold, posterior=posterior, seed=seed, population=population,
            years=years, discount=discount, study_people=study_people,
        )  # fmt: skip
    folder = folder_for(found, out)
    with written_together(folder, "economics") as hidden:
        names = found.write(hidden)
    show_economics(found, output, full)
    output.note(f"\nFigure and tables: {folder}")
    output.answer({**found.to_dict(), "files": {name: str(folder / name) for name in names}})


def show_economics(found: "Economics", output: "Output", full: bool) -> None:
    """The result on a terminal; with `full` also which choice each price leads to, and the budget impact."""
    from supportnet.experiments.economics.strategies import is_choice

    output.show(strategies_table(found))
    output.note(
        f"Ratio: {found.money} per person and year for each {found.unit}, against the next cheaper strategy that is "
        "not dominated."
    )
    output.note(f"{found.interval}.")
    if is_choice(found.strategies):
        show_choice(found, output)
        if full:
            show_full_economics(found, output)
    else:
        output.note("Nothing to choose from: no scenario besides the baseline is ranked.")
    for caution in found.cautions:
        output.note(f"Caution: {caution}.")
    if not full and is_choice(found.strategies):
        output.note(
            "With --full: the prices at which the choice changes, the budget impact by year. Files have everything."
        )


def show_choice(found: "Economics", output: "Output") -> None:
    """How probably each strategy is the best, and what information is worth."""
    from supportnet.analysis.wording.formatting import given

    probability, information = found.uncertainty
    output.show(acceptability_table(found))
    output.note(
        "Probability of the highest net benefit; * marks the highest expected net benefit, the criterion for choosing."
    )
    output.note(f"Uncertain: {probability}.")
    output.show(information_table(found))
    output.note(f"Per person and year, an upper bound, if a {found.unit} is worth {given(found.threshold)}.")
    if math.isfinite(found.scope.person_years):
        output.note(f"For {scope_in_words(found.scope)}.")
    if found.numbers is not None:
        output.note(numbers_note(found.information, len(found.numbers.drop_duplicates())))
    if found.scope.study_people and "study" not in set(found.information["kind"]):
        output.note("No study is valued: no parameter and no group of them stands out.")
    output.note(f"Uncertain: {information}.")


def show_full_economics(found: "Economics", output: "Output") -> None:
    """What only the files contain otherwise."""
    from supportnet.analysis.commands.economics_tables import budget_table, prices_note, prices_table

    output.show(prices_table(found))
    output.note(prices_note(found))
    if len(found.budget_impact):
        output.show(budget_table(found))
        output.note("Money in each year, not discounted. The files have each kind of spending.")


def scope_in_words(scope: "DecisionScope") -> str:
    """How many people over how many years, at which discount rate."""
    from supportnet.analysis.wording.formatting import counted

    people = counted(scope.population or 0, "person", "people")
    rate = f"discounted at {100 * scope.discount:g} % a year" if scope.discount else "not discounted"
    return f"{people} at any time, over {counted(scope.years or 0, 'year')}, {rate}"


def strategies_table(found: "Economics") -> "Table":
    """Costs, effects and ratios, the cheapest first, and cuts last."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import difference_digits, interval, number, standing_in_words
    from supportnet.experiments.economics.strategies import by_cost

    years, n = found.finished.weeks / 52, len(found.samples.effect)
    head = (
        f"\nCosts: {found.money} per person and year{found.discounting}\n"
        f"Effects: {found.measured} at the end of {years:g} years{found.discounting}\n"
        f"{found.finished.patients:,} people, {n} replicates; added to {found.samples.names[0]}"
    )
    columns = ("cost", "effect", "cost\nadded", "95 %\ninterval", "effect\nadded", "95 %\ninterval", "ratio ± mcse")
    table = empty_table(head, "strategy", columns, "")
    for row in by_cost(found.strategies).to_dict("records"):
        cells = [number(row[name], row[f"{name}_mcse"]) for name in ("cost", "effect")]
        for what in ("cost", "effect"):
            ends = row[f"incremental_{what}_lower"], row[f"incremental_{what}_upper"]
            outcome = found.effect if what == "effect" else "cost"
            error = difference_digits(outcome, row[f"incremental_{what}_mcse"], *ends)
            new = row["scenario"] != found.samples.names[0]
            cells += [number(row[f"incremental_{what}"], error), interval(*ends, error)] if new else ["", ""]
        table.add_row(row["scenario"], *cells, standing_in_words(row))
    return table


def acceptability_table(found: "Economics") -> "Table":
    """The probability that each strategy is the best at a few thresholds; the best by expectation is marked."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import given, probability, with_remark
    from supportnet.experiments.ensemble.estimates import in_one_set

    rows = found.acceptability
    thresholds = list(rows["threshold"].unique())[::10]
    one_set = in_one_set(found.samples.draws is not None)
    head = f"\nProbability of being the best choice{one_set}, if a {found.unit} is worth …"
    table = empty_table(head, found.costs.currency, tuple(f"{given(threshold)}  " for threshold in thresholds))
    for name in found.choices.names:
        own = rows[rows["scenario"] == name].set_index("threshold").loc[thresholds]
        cells = zip(own["probability"], own["frontier"], strict=True)
        shares = (probability(share) + (" *" if best else "  ") for share, best in cells)
        table.add_row(with_remark(name, found.remarks[name]), *shares)
    return table


def information_table(found: "Economics") -> "Table":
    """The value of information at the middle threshold."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import given, number

    head = f"\nValue of information, at {given(found.threshold)}"
    scope = found.scope
    everybody = (f"for {scope.population:,}\npeople", "± mcse") if math.isfinite(scope.person_years) else ()
    table = empty_table(head, "information on", ("value", "± mcse", *everybody))
    rows = found.information[(found.information["threshold"] == found.threshold) & found.information["clear"]]
    for kind in ("number", "study"):
        rows = rows.drop(rows.index[rows["kind"] == kind][MOST_NUMBERS:])
    for row in rows.to_dict("records"):
        cells = [number(row[column], row["mcse"]) for column in ("value", "mcse")]
        error = row["population_mcse"]
        cells += [number(row[f"population_{column}"], error) for column in ("value", "mcse") if everybody]
        table.add_row(row["about"], *cells)
    return table


def numbers_note(information: "pd.DataFrame", draws: int) -> str:
    """Which single parameters are shown, and why."""
    from supportnet.experiments.economics.value_of_information import FEWEST_DRAWS

    if draws < FEWEST_DRAWS:
        return f"Not reported for single parameters: at least {FEWEST_DRAWS} draws are needed, and there are {draws}."
    counts = []
    for kind, name in (("number", ""), ("group", "groups ")):
        some = information[information["kind"] == kind]
        counts += [f"{name}{some['clear'].sum() or 'none'} of {len(some)}"] * bool(len(some))
    clear = ", ".join(counts)
    return f"Parameters whose value of information exceeds what chance would give the best of that many: {clear}."
