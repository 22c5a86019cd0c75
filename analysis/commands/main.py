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
    sys.exit(exit_code())


def close_process() -> None:
    """Nothing disturbs the process on its way out, and it does not look through all that it has for what to let go."""
    interruption.leave()
    gc.freeze()


def exit_code() -> int | str | None:
    """Does what the command line says, and tells how that ended; the exit code."""
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
    """Does what the command line says; the exit code. Raises UserInputError where what it prints can't be printed."""
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
    """Raises UserInputError where numba would take options from a file of the current folder: machine code could
    differ."""
    if os.path.lexists(OPTIONS_OF_NUMBA):
        from supportnet.sim.errors import UserInputError

        raise UserInputError(
            "a file of this folder would change how the model is compiled", where=OPTIONS_OF_NUMBA,
            found="options of numba", expected="machine code that is the same in every folder",
            remedy="move the file away, or start from another folder",
        )  # fmt: skip


def check_words(words: list[str]) -> None:
    """Raises UserInputError for words that no file of results could hold, and for paths that no computer can follow."""
    for word in words:
        if word.count("/") > DEEPEST:
            from supportnet.sim.errors import UserInputError

            raise UserInputError(
                "a path is too deep", found=f"{word[:LONGEST]}…", expected=f"at most {DEEPEST} folders within another",
                remedy="choose another folder",
            )  # fmt: skip
        try:
            word.encode()
        except UnicodeEncodeError:
            from supportnet.sim.errors import UserInputError

            raise UserInputError(
                "a word of the command is not text in UTF-8", found=word, expected="names and values in UTF-8",
                remedy="give the file or folder another name, or write the value anew",
            ) from None  # fmt: skip


def check_printed() -> None:
    """Raises UserInputError where standard output is full or broken."""
    from supportnet.analysis.commands.streams import not_printed

    if error := not_printed():
        from supportnet.sim.errors import UserInputError

        raise UserInputError(
            f"what was to be printed can't be written ({error.strerror or error})",
            where="standard output",
            expected="room on the disk that it goes to",
            remedy="make room, or let it go elsewhere; the files of a run are complete all the same",
        )


def as_mistake(error: Exception) -> "UserInputError":
    """What the machine or the user has to mend. Raises the error itself where it is neither's."""
    from supportnet.sim.errors import UserInputError

    match error:
        case UserInputError():
            return error
        case OSError(errno=number) if number in OF_THE_MACHINE:
            place = str(error.filename or "")
            return UserInputError(
                f"can't be read or written ({error.strerror})",
                where=place if len(place) <= LONGEST else f"{place[:LONGEST]}…",
                expected="a path that this machine allows, on a disk with room",
                remedy="check the path, and who may read and write there",
            )
        case UnicodeEncodeError(encoding="utf-8"):
            return UserInputError(
                "a file holds text that can't be written in UTF-8",
                found=error.object[max(0, error.start - 20) : error.end],
                expected="whole letters, no halves of a pair such as \\ud800",
                remedy="mend the file that it was read from",
            )
        case ImportError():
            from supportnet.sim.extras import broken

            return broken(error)
        case MemoryError():
            return UserInputError(
                "there is not enough memory", found=str(error) or "none left", expected="room for what was asked",
                remedy="ask for fewer people, weeks or replicates, or take fewer --workers",
            )  # fmt: skip
    raise error


if __name__ == "__main__":
    main()
