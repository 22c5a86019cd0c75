"""The command line: `supportnet COMMAND`. What takes long to load is loaded by the command that needs it."""

import sys
from typing import Annotated

import typer

from analysis.commands.compare import compare
from analysis.commands.import_networks import import_networks
from analysis.commands.run import run
from analysis.commands.scenarios import scenarios
from analysis.commands.schema import schema

INTERRUPTED = 130

app = typer.Typer(
    name="supportnet",
    epilog="Start with: supportnet run today",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
)
app.command(short_help="One scenario: a table, a figure, files.")(run)
app.command(short_help="What a policy would change, and for whom.")(compare)
app.command(short_help="What is in the library.")(scenarios)
app.command(short_help="JSON Schema of the files that people write.")(schema)
app.command("import", short_help="Ego networks from real studies.")(import_networks)


def told_version(asked: bool) -> None:
    """Print the version and leave."""
    if asked:
        from importlib.metadata import version

        print("supportnet", version("supportnet"))
        raise typer.Exit


@app.callback()
def every_command(
    version: Annotated[
        bool, typer.Option("--version", callback=told_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Recovery-oriented support networks, simulated: what people, ties and policies do to personal recovery."""


def main() -> None:
    """Exit codes: 0 done, 2 the user's mistake, 3 finished but some runs failed, 130 interrupted."""
    try:
        app()
    except Exception as error:
        from sim.mistakes import Mistake

        if not isinstance(error, Mistake):
            raise
        print(error, file=sys.stderr)
        sys.exit(2)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("Interrupted: nothing was written.", file=sys.stderr)
        raise


if __name__ == "__main__":
    main()
