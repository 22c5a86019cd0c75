"""The command line: `supportnet COMMAND`. What takes long to load is loaded by the command that needs it."""

import contextlib
import errno
import io
import os
import signal
import sys
from typing import Annotated

import typer

from analysis.commands.calibrate import calibrate
from analysis.commands.compare import compare
from analysis.commands.economics import economics
from analysis.commands.explain import explain
from analysis.commands.explore import explore
from analysis.commands.import_networks import import_networks
from analysis.commands.optimise import optimise
from analysis.commands.report import report
from analysis.commands.results import results
from analysis.commands.run import run
from analysis.commands.scenarios import scenarios
from analysis.commands.schema import schema
from analysis.commands.sensitivity import sensitivity
from analysis.commands.study import study
from analysis.commands.sweep import sweep
from analysis.commands.telling import INTERRUPTED, Stopped
from analysis.commands.trial import trial
from analysis.commands.validate import validate

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # gives back what it no longer needs
CANNOT_PRINT = (errno.ENOSPC, errno.EIO, errno.EFBIG)  # files of results have their own messages

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
app.command(short_help="Costs and effects of a finished comparison.")(economics)
app.command(short_help="What carries a difference: mechanisms, resources, relationships.")(explain)
app.add_typer(study, name="study")
app.command(short_help="A parameter sweep, run to its end.")(sweep)
app.command(short_help="What came of a sweep.")(results)
app.command(short_help="Which factors an outcome depends on.")(sensitivity)
app.command(short_help="The numbers of the model fitted to patterns.")(calibrate)
app.command(short_help="What the simulated world gets right and wrong.")(validate)
app.command(short_help="Simulated randomised trials of programmes.")(trial)
app.command(short_help="One page of everything in a folder of results.")(report)
app.command(short_help="The best use of a budget.")(optimise)
app.command(short_help="A classroom in the browser.")(explore)
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
    """Exit codes: 0 done, 2 the user's mistake, 3 finished but some runs failed, 130 interrupted, 143 ended."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a sign that a terminal lacks becomes a question mark
    for name in ("SIGTERM", "SIGHUP"):  # unfinished files are cleared away, as after Ctrl-C
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, frame: sys.exit(128 + number))
    sys.exit(called())


def called() -> int | str | None:
    """Does what the command line says; the exit code."""
    try:
        try:
            app()
        except SystemExit as end:
            if isinstance(end.__context__, BrokenPipeError):  # click has turned it into an exit
                raise BrokenPipeError from end
            if end.code == INTERRUPTED and not isinstance(end.__context__, Stopped):
                print("Interrupted: nothing was written.", file=sys.stderr)
            return end.code
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read has seen enough
        _leave_standard_output()
    except Exception as error:
        from sim.mistakes import Mistake

        if isinstance(error, OSError) and error.errno in CANNOT_PRINT:
            _leave_standard_output()
            error = Mistake(
                f"what was to be printed can't be written ({error.strerror or error})",
                where="standard output",
                expected="room on the disk that it goes to",
                remedy="make room, or let it go elsewhere; the files of a run are complete all the same",
            )
        if not isinstance(error, Mistake):
            raise
        print(error, file=sys.stderr)
        return 2
    return 0


def _leave_standard_output() -> None:
    """Python writes what is left when it ends; where nothing can be written, that would fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
