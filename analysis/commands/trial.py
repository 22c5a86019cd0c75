"""`supportnet trial`: a simulated randomised trial, or those of all ten programmes beside published ones."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.options import (
    Json,
    Out,
    Patients,
    Posterior,
    Quiet,
    Replicates,
    Seed,
    Set,
    Uncertainty,
    Workers,
)

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from supportnet.experiments.trials.design import Design

ALL = "all"
HELP = {
    "programme": "One of the ten programmes, or all.",
    "scenario": "Area in which it is held. [that of the preset in experiments/evidence/trials.toml]",
    "entry": "Who is asked: anybody, crisis, distress, lonely or withdrawn. [as written down there]",
    "control": "usual_care, waiting_list or attention (as many contacts, no content). [as written down there]",
    "cut": "PHQ-9, as measured, from which distress is a reason to be asked.",
    "places": "People who are randomised, in both arms together.",
}


def trial(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME|all", help=HELP["programme"], show_default=False)],
    scenario: Annotated[str, typer.Option(help=HELP["scenario"], show_default=False)] = "",
    entry: Annotated[str | None, typer.Option(help=HELP["entry"], show_default=False)] = None,
    control: Annotated[str | None, typer.Option(help=HELP["control"], show_default=False)] = None,
    cut: Annotated[int, typer.Option(help=HELP["cut"])] = 10,
    places: Annotated[int, typer.Option(help=HELP["places"])] = 80,
    patients: Patients = None,
    seed: Seed = 301,
    replicates: Replicates = 200,
    workers: Workers = None,
    values: Set = None,
    uncertainty: Uncertainty = None,
    posterior: Posterior = "",
    out: Out = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """A simulated randomised trial of a programme: standardised mean differences at the end of treatment and later.

    People enter when they meet a criterion, so that they get better by themselves as people in trials do; what is
    measured is measured with error, and some are lost. `all` holds the ten trials as written down beforehand, beside
    published effects. A model for reasoning about systems: no evidence that a programme works.

    \b
    Examples:
      supportnet trial befriending --control attention
      supportnet trial all --replicates 50 --json
    """
    from supportnet.analysis.commands.options import afford, overrides, threads
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import default_folder, identity_of, written_together
    from supportnet.analysis.outputs.trial import as_frozen, trial_cautions, trial_request, with_hash, write_trials
    from supportnet.experiments.ensemble.ensemble import replicate_numbers
    from supportnet.experiments.ensemble.estimates import contains
    from supportnet.experiments.posterior.propagation import draws_for, draws_of
    from supportnet.experiments.resource_needs import of_trials
    from supportnet.experiments.trials.design import designed, written
    from supportnet.experiments.trials.effects import effects, trials
    from supportnet.experiments.trials.published import beside_published

    tell = Output(as_json, quiet)
    names = list(written()) if programme == ALL else [programme]
    given = overrides(patients, None, values)
    asked = {"entry": entry, "control": control, "cut": cut, "places": places}
    designs = [designed(name, scenario or None, given, **asked) for name in names]
    draws = draws_for(uncertainty, [design.scenario for design in designs], posterior)
    afford(of_trials(designs, replicates, n := threads(workers), draws), "--replicates or --patients", tell)
    numbers = replicate_numbers(replicates, seed)
    drawn = draws_of(numbers) if draws else None
    request = trial_request(designs, seed, len(numbers), draws.identity if draws else "")
    area = designs[0].scenario
    about: dict[str, Any] = {
        "run_identity": identity_of(request), "seed": seed, "replicates": len(numbers),
        "patients": area.population.patients, "posterior": request["posterior"], "interval": contains(drawn),
    }  # fmt: skip
    folder = out or default_folder([f"{area.name}-{programme}"], request)
    with written_together(folder, "trial") as hidden:
        with tell.progress("Trials") as progress:
            followed = trials(designs, numbers, seed, draws, n, progress or (lambda share: None))
        found = [effects(*pair, numbers, draws is not None) for pair in zip(designs, followed, strict=True)]
        rows = with_hash(together(found), designs)
        beside = with_hash(beside_published(rows, designs), designs)
        about["cautions"] = trial_cautions(rows, designs, len(numbers), drawn)
        words = {"programmes": names, "scenario": area.name if scenario else None, "set": said(given), **asked}
        files = write_trials(rows, beside, {**request, **about, **words}, hidden)
    tell.show(all_table(found, designs) if programme == ALL else whole_table(rows, designs[0]))
    if len(beside):
        tell.show(published_table(beside))
    for row in beside.to_dict("records") if len(beside) else ():
        if row["published"] != row["published"]:
            tell.note(f"{row['programme']}, {row['outcome']}, published in words: {row['note']}.")
    tell.note(f"\nInterval: {about['interval']}.{as_frozen(designs)}")
    for caution in about["cautions"]:
        tell.note(f"Caution: {caution}.")
    tell.note(f"Table and figure: {folder}")
    tell.answer(as_plain(programme, designs, rows, beside, about, {name: str(folder / name) for name in files}))


def said(given: dict[str, object]) -> list[str]:
    """Values as --set takes them, but for people in the area, and for where their network file lies."""
    values = {name: value for name, value in given.items() if name != "population.patients"}
    if networks := values.get("population.networks"):
        values["population.networks"] = Path(str(networks).strip("\"'")).name
    return [f"{name}={value}" for name, value in values.items()]


def together(found: "list[pd.DataFrame]") -> "pd.DataFrame":
    import pandas as pd

    return pd.concat(found, ignore_index=True)


def whole_table(rows: "pd.DataFrame", design: "Design") -> "Table":
    """Every outcome, time by time."""
    from textwrap import wrap

    from supportnet.analysis.commands.terminal_tables import blank

    times = list(design.times.items())
    shown = [(week, when) for week, when in times if week in set(rows["week"])]
    columns = tuple("\n".join([*wrap(when, 12), f"week {week}"]) for week, when in shown)
    table = blank(head(design, rows["entered"].iloc[0]), "outcome", columns)
    for outcome, of in rows.groupby("outcome", sort=False):
        cells = {row["week"]: cell(row) for row in of.to_dict("records")}
        kind = "" if of["kind"].iloc[0] == "smd" else " (RR)"
        table.add_row(f"{outcome}{kind}", *(cells[week] for week, _ in shown))
    return table


def all_table(found: "list[pd.DataFrame]", designs: "list[Design]") -> "Table":
    """What is asked first of every programme, at the end of treatment."""
    from supportnet.analysis.commands.terminal_tables import blank

    outcomes = ("recovery", "distress", "network_size", "relapses")
    head = "\nEnd of treatment: g (standardised mean difference; relapses: risk ratio),\nwith its 95 % interval"
    table = blank(head, "programme\nsimulated people, entry\ncontrol, weeks", outcomes)
    for rows, design in zip(found, designs, strict=True):
        end = rows[rows["week"] == design.weeks].set_index("outcome")
        name = f"{design.programme}\n{design.scenario.population.preset}, {design.entry}"
        cells = (cell(end.loc[outcome].to_dict()) for outcome in outcomes)
        table.add_row(f"{name}\n{design.control}, {design.weeks}", *cells)
    return table


def published_table(beside: "pd.DataFrame") -> "Table":
    """Beside published effects."""
    from supportnet.analysis.commands.terminal_tables import blank

    columns = ("simulated\n95 %", "published\nrange", "in\nrange")
    head = "\nBeside published effects: seen while the model was drafted, so no proof"
    table = blank(head, "programme: outcome\n(simulated people, entry; control)", columns)
    for row in beside.to_dict("records"):
        ends = row["published_lower"], row["published_upper"]
        theirs = f"{row['published']:g}\n{ends[0]:g} to {ends[1]:g}" if ends[0] == ends[0] else "in words"
        met = {True: "yes", False: "NO"}.get(row["in_range"], "–")
        among = f"({row['preset']}, {row['entry']}; {row['control']})"
        table.add_row(f"{row['programme']}: {row['outcome']}\n{among}", cell(row), theirs, met)
    return table


def head(design: "Design", entered: float) -> str:
    """What a trial is, in three lines."""
    from supportnet.experiments.trials.design import CONTROLS, ENTRIES

    people = f"{design.places} places, {entered:.1f} people entered on average"
    who = f"{people}: {design.scenario.population.preset}, {ENTRIES[design.entry]}" + (
        f" ({design.cut})" if design.entry == "distress" else ""
    )
    against = f"against {design.control}: {CONTROLS[design.control]}"
    kinds = "g (standardised mean difference, treated less control), or RR (risk ratio),\nwith its 95 % interval"
    return f"\n{design.programme} for {design.weeks} weeks\n{who}\n{against}\n{kinds}"


def cell(row: dict[Any, Any]) -> str:
    """An effect with its interval below, as trials tell it: two decimals."""
    if row["value"] != row["value"]:
        return "–"
    ends = f"\n{row['lower']:.2f}, {row['upper']:.2f}" if row["lower"] == row["lower"] else ""
    return f"{row['value']:.2f}{ends}"


def as_plain(
    programme: str, designs: "list[Design]", rows: "pd.DataFrame", beside: "pd.DataFrame", about: dict[str, Any],
    files: dict[str, str],
) -> dict[str, Any]:  # fmt: skip
    """The answer for programs."""
    from supportnet.experiments.trials.design import departures, described, frozen

    each = []
    for design in designs:
        of = rows[rows["programme"] == design.programme]
        effects = [{**plain(row), row["kind"]: row["value"]} for row in of.to_dict("records")]
        made = {"entered": of["entered"].iloc[0], "frozen": frozen(), "changed": departures(design)}
        each.append({**described(design), **made, "effects": effects})
    rest = {**about, "published": beside.to_dict("records"), "files": files}
    return {**(each[0] if programme != ALL else {"programmes": each}), **rest}


def plain(row: dict[Any, Any]) -> dict[str, Any]:
    """An effect without what is said once for all."""
    once = ("programme", "preset", "entry", "control", "entered", "frozen", "changed", "kind", "value")
    return {key: one for key, one in row.items() if key not in once}
