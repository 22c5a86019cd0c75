"""The commands by name. Whatever takes long to load is loaded only by the command that needs it."""

from typing import Annotated

import typer

import supportnet
from supportnet.analysis.commands.cache import cache
from supportnet.analysis.commands.calibrate import calibrate
from supportnet.analysis.commands.command_group import Commands
from supportnet.analysis.commands.compare import compare
from supportnet.analysis.commands.decide import decide
from supportnet.analysis.commands.economics import economics
from supportnet.analysis.commands.explain import explain
from supportnet.analysis.commands.explore import explore
from supportnet.analysis.commands.import_networks import import_networks
from supportnet.analysis.commands.list_names import list_names
from supportnet.analysis.commands.optimise import optimise
from supportnet.analysis.commands.report import report
from supportnet.analysis.commands.results import results
from supportnet.analysis.commands.run import run
from supportnet.analysis.commands.scenarios import scenarios
from supportnet.analysis.commands.schema import schema
from supportnet.analysis.commands.sensitivity import sensitivity
from supportnet.analysis.commands.study import study
from supportnet.analysis.commands.sweep import sweep
from supportnet.analysis.commands.trial import trial
from supportnet.analysis.commands.validate import validate

app = typer.Typer(
    name="supportnet",
    cls=Commands,
    epilog="Start with: supportnet run today",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
)
app.command(short_help="Simulate one scenario: a table, a figure, files.")(run)
app.command(short_help="Compare scenarios with a baseline: what a policy would change.")(compare)
app.command(short_help="Answer a question: which options a budget is best spent on.")(decide)
app.command(short_help="Cost-effectiveness of a finished comparison.")(economics)
app.command(short_help="Attribute a difference to mechanisms, resources or relationships.")(explain)
app.add_typer(study, name="study")
app.command(short_help="Run a parameter sweep to completion.")(sweep)
app.command(short_help="Results of a sweep.")(results)
app.command(short_help="Which factors an outcome depends on.")(sensitivity)
app.command(short_help="Estimate parameters from published patterns.")(calibrate)
app.command(short_help="Compare the model with published patterns.")(validate)
app.command(short_help="Simulate a randomised trial of a programme.")(trial)
app.command(short_help="One page on everything in a folder of results.")(report)
app.command(short_help="Find the best use of a budget.")(optimise)
app.command(short_help="A classroom in the browser.")(explore)
app.command("list", short_help="List outcomes, levers, parameters, programmes or scenarios.")(list_names)
app.command(short_help="The scenarios of the library.")(scenarios)
app.command(short_help="JSON Schemas of input files.")(schema)
app.add_typer(cache, name="cache")
app.command("import", short_help="Import ego networks from real studies.")(import_networks)


def print_version(asked: bool) -> None:
    """Print the version and exit."""
    if asked:
        print("supportnet", supportnet.__version__)
        raise typer.Exit


@app.callback()
def every_command(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Simulate recovery-oriented support networks: how people, ties and policies affect personal recovery."""
