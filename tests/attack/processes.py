"""Commands as processes that may be killed: forks of this one, or processes of their own, each with its own session."""

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SECONDS, MEMORY = 10.0, 3 * 2**30  # that a case in a fork may take
PATIENCE = 10.0  # seconds within which the children of a process that has ended must end too
CAPABILITIES, DAC_OVERRIDE, DAC_READ_SEARCH = 0x20080522, 1, 2  # capabilities(7)
MAIN = "from supportnet.analysis.commands.main import main\nmain()"


class Ended(NamedTuple):
    """What a process left behind."""

    code: int | None  # None: it had to be killed because it took too long
    out: str
    err: str
    seconds: float


def forked(
    call: Callable[[], object], folder: Path, *, seconds: float = SECONDS, memory: int = MEMORY,
    bound_by_permissions: bool = False,
) -> Ended:  # fmt: skip
    """Calls a function in a fork of this process, within limits; what it wrote, and its exit code.

    bound_by_permissions: whether permissions of files hold even for root.
    """
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _call_and_exit(call, folder, (out.fileno(), err.fileno()), memory, bound_by_permissions)
        code = _wait(child, seconds)
        texts = [_read(file) for file in (out, err)]
    return Ended(code, texts[0], texts[1], time.monotonic() - began)


def _call_and_exit(
    call: Callable[[], object], folder: Path, outputs: tuple[int, int], memory: int, bound: bool
) -> None:
    code: object = 1
    try:
        os.setsid()
        for target, source in zip((1, 2), outputs, strict=True):
            os.dup2(source, target)
        sys.stdout, sys.stderr = (open(target, "w", closefd=False) for target in (1, 2))  # noqa: SIM115
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_AS, (_virtual_memory() + memory, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if bound:
            _give_up_override()
        call()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _give_up_override() -> None:
    """From here on root may read only what permissions say."""
    about, sets = (ctypes.c_uint32 * 2)(CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
    library = ctypes.CDLL(None)
    library.capget(about, sets)
    sets[0] &= ~(1 << DAC_OVERRIDE | 1 << DAC_READ_SEARCH)
    library.capset(about, sets)


def _virtual_memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _wait(child: int, seconds: float) -> int | None:
    handle = os.pidfd_open(child)
    try:
        ended = bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # whatever it has started goes with it
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if ended else None


def _read(file: "tempfile._TemporaryFileWrapper[bytes]") -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def supportnet(*words: str) -> Callable[[], None]:
    """The command line, to be called in a fork."""

    def call() -> None:
        from supportnet.analysis.commands.main import main

        sys.argv = ["supportnet", *words]
        main()

    return call


def started(
    words: Sequence[str], folder: Path, cache: Path, *, before: str = "", ignored: Sequence[signal.Signals] = ()
) -> "subprocess.Popen[bytes]":
    """The command line as a process of its own, in a session of its own; output goes to files beside `folder`.

    before: Python that runs first. ignored: signals that it was started to ignore, as by `nohup`.
    """

    def ignore() -> None:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)

    with open(beside(folder, "out"), "wb") as out, open(beside(folder, "err"), "wb") as err:
        return subprocess.Popen(
            [sys.executable, "-c", f"{before}\n{MAIN}", *words], cwd=folder, env=environment(folder, cache),
            stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True, preexec_fn=ignore,
        )  # fmt: skip


def environment(folder: Path, cache: Path) -> dict[str, str]:
    """Variables under which a process leaves nothing outside of its own folders."""
    temporary = beside(folder, "tmp")
    temporary.mkdir(exist_ok=True)
    own = {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "SUPPORTNET_CACHE": str(cache), "TMPDIR": str(temporary)}
    return {**os.environ, **own, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def beside(folder: Path, name: str) -> Path:
    return folder.with_name(f"{folder.name}.{name}")


def ended(process: "subprocess.Popen[bytes]", folder: Path, seconds: float) -> Ended:
    """What a process left behind once it has ended, or after so many seconds."""
    began = time.monotonic()
    try:
        code: int | None = process.wait(seconds)
    except subprocess.TimeoutExpired:
        code = None
        kill_session(process.pid)
        process.wait()
    texts = [beside(folder, name).read_bytes().decode("utf-8", "replace") for name in ("out", "err")]
    return Ended(code, texts[0], texts[1], time.monotonic() - began)


def orphans(session: int, patience: float = PATIENCE) -> list[str]:
    """Command lines of processes that still run in a session after some patience; they are killed."""
    until = time.monotonic() + patience
    while (there := of_session(session)) and time.monotonic() < until:
        time.sleep(0.05)
    names = [_command_line(process) for process in there]
    kill_session(session)
    return names


def of_session(session: int) -> list[int]:
    """Processes that still run in a session."""
    return [process for process in map(int, filter(str.isdigit, os.listdir("/proc"))) if _runs_in(process, session)]


def _runs_in(process: int, session: int) -> bool:
    try:
        state, _, _, its_session = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:  # it has ended
        return False
    return int(its_session) == session and state not in "ZX"


def _command_line(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")[:200]
    except OSError:
        return ""


def kill_session(session: int) -> None:
    for process in of_session(session):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
