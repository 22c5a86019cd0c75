"""The command line as tests call it: in this process, or as a process of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.small import PATIENTS, WEEKS

SMALL = ("--patients", str(PATIENTS), "--weeks", str(WEEKS), "--replicates", "3", "--workers", "2")
AS_SET = ("--uncertainty", "none")  # parameters at their reference values, whether or not a posterior ships


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output; a NaN in it is an error."""

        def refuse(constant: str) -> None:
            raise ValueError(constant)

        found: dict[str, Any] = json.loads(self.out, parse_constant=refuse)
        return found


Supportnet = Callable[..., Said]


def process(*words: str, folder: Path, before: str = "") -> Said:
    """The command line as a process of its own; `before`: Python that runs first."""
    program = f"{before}\nfrom supportnet.analysis.commands.main import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, env=environment(), capture_output=True, timeout=300
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextlib.contextmanager
def signals_put_back() -> Iterator[None]:
    """The command line takes signals over; afterwards Ctrl-C ends the tests again."""
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handlers, hook = {name: signal.getsignal(getattr(signal, name)) for name in names}, sys.unraisablehook
    for name in names:
        if handlers[name] is signal.SIG_IGN:  # by whoever started these tests
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        yield
    finally:
        for name, handler in handlers.items():
            signal.signal(getattr(signal, name), handler)
        sys.unraisablehook = hook


def interruptible() -> None:
    """What a process does before it begins: whoever runs tests in the background has signals ignored."""
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def environment() -> dict[str, str]:
    """Variables with which a process finds this project."""
    root = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
