"""The command line as a process: where it prints, how it is interrupted, and with which code it ends."""

import atexit
import errno
import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

from supportnet.experiments.execution.interruption import interruption

if TYPE_CHECKING:
    from supportnet.sim.errors import UserInputError

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # gives back what it no longer needs
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # work is side by side; threads within it wait for each other
os.environ["MPLBACKEND"] = "agg"  # figures are files, whatever windows a notebook or somebody's settings name
USERS_MISTAKE = 2  # exit code
OF_THE_MACHINE = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE,
    errno.ENFILE, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR,
}  # fmt: skip
OPTIONS_OF_NUMBA = ".numba_config.yaml"
LONGEST = 200  # letters of a path in a message
DEEPEST = 250  # folders


def main() -> None:
    """Exit codes: 0 done, 2 the user's mistake, 3 finished but some runs failed, 130 interrupted (Ctrl-C), 143 ended
    (SIGTERM), 129 hung up (SIGHUP); 1 is a fault of the program itself, with a traceback."""
    interruption.handle()
    atexit.register(close_process)
    from supportnet.analysis.commands.streams import open_streams

    open_streams()
    code = run_to_exit_code()
    if interruption.compiling and interruption.compiling.is_alive() and isinstance(code, int):
        end_at_once(code)
    sys.exit(code)


def end_at_once(code: int) -> None:
    """End without taking anything down: the compiler crashes where its library is taken down while it works."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def close_process() -> None:
    """Ignore further signals and skip garbage collection, so that exit is fast."""
    interruption.leave()
    gc.freeze()


def run_to_exit_code() -> int | str | None:
    """Run the command line and report how it ended; the exit code."""
    interrupted = 128 + signal.SIGINT
    code: int | str | None
    try:
        code = run_command_line()
        interruption.over = True
    except KeyboardInterrupt:
        code = interrupted
    except Exception as error:
        if not interruption.signal:  # or it follows from that, as when workers are ended too
            print(as_mistake(error), file=sys.stderr)
        code = USERS_MISTAKE
    interruption.over = True
    if interruption.signal or code == interrupted:
        print(interruption.says(), file=sys.stderr)
        code = 128 + (interruption.signal or signal.SIGINT)
    return code


def run_command_line() -> int | str | None:
    """Run the command line; the exit code. Raises UserInputError if its output can't be printed."""
    code: int | str | None = 0
    check_folder()
    check_words(sys.argv[1:])
    from supportnet.analysis.commands.app import app

    try:
        app()
    except SystemExit as end:
        code = end.code
    check_printed()
    return code


def check_folder() -> None:
    """Raises UserInputError if numba would read options from a file in the current folder: machine code could
    differ."""
    if os.path.lexists(OPTIONS_OF_NUMBA):
        from supportnet.sim.errors import UserInputError

        raise UserInputError(
            "a file in this folder would change how the model is compiled", where=OPTIONS_OF_NUMBA,
            found="options of numba", expected="the same machine code in every folder",
            remedy="move the file away, or start from another folder",
        )  # fmt: skip


def check_words(words: list[str]) -> None:
    """Raises UserInputError for text that no results file could contain, and for paths too deep to open."""
    for word in words:
        if word.count("/") > DEEPEST:
            from supportnet.sim.errors import UserInputError

            raise UserInputError(
                "a path is too deep", found=f"{word[:LONGEST]}…", expected=f"at most {DEEPEST} nested folders",
                remedy="choose another folder",
            )  # fmt: skip
        try:
            word.encode()
        except UnicodeEncodeError:
            from supportnet.sim.errors import UserInputError

            raise UserInputError(
                "an argument is not valid UTF-8", found=word, expected="names and values in UTF-8",
                remedy="rename the file or folder, or type the value again",
            ) from None  # fmt: skip


def check_printed() -> None:
    """Raises UserInputError if standard output is full or broken."""
    from supportnet.analysis.commands.streams import not_printed

    if error := not_printed():
        from supportnet.sim.errors import UserInputError

        raise UserInputError(
            f"the output can't be written ({error.strerror or error})",
            where="standard output",
            expected="free space on its disk",
            remedy="free some space, or redirect the output; the files of the run are complete",
        )


def as_mistake(error: Exception) -> "UserInputError":
    """The error as a message about the machine or the input. Raises the error itself if it is a fault of the
    program."""
    from supportnet.sim.errors import UserInputError

    match error:
        case UserInputError():
            return error
        case OSError(errno=number) if number in OF_THE_MACHINE:
            place = str(error.filename or "")
            return UserInputError(
                f"can't be read or written ({error.strerror})",
                where=place if len(place) <= LONGEST else f"{place[:LONGEST]}…",
                expected="a valid path, on a disk with free space",
                remedy="check the path and its permissions",
            )
        case UnicodeEncodeError(encoding="utf-8"):
            return UserInputError(
                "a file contains text that can't be written in UTF-8",
                found=error.object[max(0, error.start - 20) : error.end],
                expected="whole characters, no unpaired surrogates such as \\ud800",
                remedy="correct the file it was read from",
            )
        case ImportError():
            from supportnet.sim.extras import broken

            return broken(error)
        case MemoryError():
            return UserInputError(
                "there is not enough memory", found=str(error) or "none left", expected="enough for this request",
                remedy="lower --patients, --weeks, --replicates or --workers",
            )  # fmt: skip
    raise error


if __name__ == "__main__":
    main()
