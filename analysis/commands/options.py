"""Options shared by several commands."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportnet.analysis.commands.completion import complete_outcomes, complete_settings, several

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportnet.analysis.commands.output import Output
    from supportnet.experiments.execution.capacity import Needs

MOST_ROWS = 15  # of a table, without --full
LONG = 300.0  # seconds: what takes longer is said beforehand
Patients = Annotated[int | None, typer.Option(help="People in the area. [as in the scenario]", show_default=False)]
Weeks = Annotated[int | None, typer.Option(help="Weeks to simulate. [as in the scenario]", show_default=False)]
Seed = Annotated[int, typer.Option(help="Random seed; the same seed reproduces the same results.")]
Replicates = Annotated[int, typer.Option(help="Number of replicates (independent random streams).")]
AsManyReplicates = Annotated[
    int | None,
    typer.Option(
        "--replicates",
        help="Number of replicates (independent random streams). [as many as --precision asks for]",
        show_default=False,
    ),
]
PrecisionAsked = Annotated[
    float | None,
    typer.Option(
        "--precision",
        metavar="SHARE",
        help="Add replicates until the Monte Carlo error of each difference in recovery is this share of it. [0.1]",
        show_default=False,
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(metavar="MINUTES", help="Time after which --precision adds no replicates. [2]", show_default=False),
]
Workers = Annotated[
    int | None, typer.Option(help="Threads; results do not depend on it. [all processors]", show_default=False)
]
Out = Annotated[Path | None, typer.Option(help="Folder for the files. [one under results/]", show_default=False)]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set a dotted name to a value; may be repeated.",
        show_default=False,
        autocompletion=complete_settings,
    ),
]
Uncertainty = Annotated[
    str | None,
    typer.Option(
        metavar="parameters|none",
        help="parameters: draw parameters from the posterior. [where the preset is calibrated]",
        show_default=False,
    ),
]
Posterior = Annotated[
    str,
    typer.Option(
        metavar="NAME|FILE",
        help="A posterior: trials, natural-history, or the file of another calibration. [trials]",
        show_default=False,
    ),
]
Outcomes = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome",
        metavar="NAME[,NAME…]",
        help="Show only these outcomes; may be repeated. [headline outcomes]",
        show_default=False,
        autocompletion=several(complete_outcomes),
    ),
]
Smallest = Annotated[
    list[str] | None,
    typer.Option(
        "--smallest",
        metavar="OUTCOME=VALUE",
        help="The smallest difference that matters, such as qpr=1; may be repeated. [published, or a fifth of the "
        "standard deviation between people]",
        show_default=False,
    ),
]
Full = Annotated[bool, typer.Option("--full", help="Show everything, not only headline outcomes.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only errors and requested output.")]


def overrides(patients: int | None, weeks: int | None, values: list[str] | None) -> dict[str, object]:
    """Values by dotted name from the options; one that is not NAME=VALUE, or given twice, is a UserInputError."""
    from supportnet.sim.errors import Mistakes, UserInputError
    from supportnet.sim.scenario.layers import sizes

    given, mistakes = sizes(patients, weeks), Mistakes()
    for text in values or []:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            remedy = "write for example --set services.caseload=15"
            mistakes.all.append(UserInputError("must be NAME=VALUE", argument="values", found=text, remedy=remedy))
        elif name in given:
            remedy = "keep one of them"
            mistakes.all.append(
                UserInputError(f"sets {name} a second time", argument="values", found=text, remedy=remedy)
            )
        else:
            given[name] = value
    mistakes.raise_any()
    return given


def smallest_asked(given: list[str] | None) -> dict[str, float]:
    """Differences by outcome from the option; one that is not OUTCOME=VALUE, or given twice, is a UserInputError."""
    from supportnet.sim.errors import UserInputError

    asked = dict[str, float]()
    for text in given or []:
        name, _, value = (part.strip() for part in text.partition("="))
        try:
            number = float(value)
        except ValueError:
            number = None
        if number is None or name in asked:
            must = "names an outcome a second time" if name in asked else "must be OUTCOME=VALUE"
            raise UserInputError(must, argument="smallest", found=text, remedy="write for example --smallest qpr=1")
        asked[name] = number
    return asked


def names_in(given: "Iterable[str] | None") -> list[str]:
    """Names from an option that may be repeated or comma-separated; each once."""
    return list(dict.fromkeys(name.strip() for part in given or () for name in part.split(",") if name.strip()))


def outcomes_shown(given: "Iterable[str] | None", full: bool) -> list[str]:
    """Outcomes of a table: those requested, else all or the headline outcomes. Raises UserInputError for unknown
    names."""
    from supportnet.analysis.wording.formatting import HEADLINES
    from supportnet.experiments.ensemble.ensemble import outcomes_asked
    from supportnet.sim.outcomes import OUTCOMES

    names = names_in(given)
    return outcomes_asked(names) if names else list(OUTCOMES if full else HEADLINES)


def afford(needs: "Needs", lower: str, output: "Output", folder: Path | None = None, what: str = "This takes") -> None:
    """Raises UserInputError for work that this machine can't do; otherwise prints an estimate of a long run time.

    lower: options that reduce it. folder: the output folder, if output may be large. what: the subject of the message.
    """
    from supportnet.analysis.wording.formatting import amount_of_time
    from supportnet.experiments.execution.capacity import check_capacity

    check_capacity(needs, lower, folder)
    if needs.seconds > LONG:
        output.warn(f"{what} about {amount_of_time(needs.seconds)} on this machine.")
