"""Files that appear whole or not at all, alone or several together, whatever happens to the process or the power."""

import contextlib
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from supportnet.sim.errors import UserInputError
from supportnet.sim.storage.unfinished import file_for, folder_in


@contextmanager
def write_whole(goal: Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of `goal` once it is on the disk (fsync, then rename).

    Where anything goes wrong `goal` stays as it is. What the disk says is a UserInputError, and so is a goal that is no
    file: a device or a pipe would be gone.
    """
    if goal.exists() and not goal.is_file():
        expected, remedy = "the name of a file", "choose another name"
        raise UserInputError("is not a file", where=str(goal), expected=expected, remedy=remedy)
    try:
        goal.parent.mkdir(parents=True, exist_ok=True)
        with file_for(goal) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _sync(goal.parent)
    except OSError as error:
        raise _not_written(goal.parent, error) from error


@contextmanager
def hidden_folder(folder: Path) -> Iterator[Path]:
    """A hidden folder to write into, inside `folder`; `move_up` puts its files into their place.

    Where anything goes wrong no folder is left that was made here. What the disk says is a UserInputError.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with folder_in(folder) as hidden:
            yield hidden
    except BaseException as error:
        for path in made:
            with contextlib.suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            raise _not_written(folder, error) from error
        raise


def move_up(hidden: Path, folder: Path, last: str = "", others: Collection[str] = ()) -> None:
    """Moves all files of a hidden folder into the folder around it, once all of them are on the disk.

    last: the file that vouches for the rest. One from before goes first, and with it the files named in `others`,
    unless they are among those that come; the new one comes last.
    """
    names = sorted((path.name for path in hidden.iterdir()), key=lambda name: (name == last, name))
    for name in names:
        if (folder / name).is_dir():
            raise IsADirectoryError(f"{name} is a folder there")
        with open(hidden / name, "rb+") as file:
            os.fsync(file.fileno())
    if last and (folder / last).exists():
        for name in (last, *set(others).difference(names)):
            (folder / name).unlink(missing_ok=True)
    for name in names:
        os.replace(hidden / name, folder / name)
    _sync(folder)


def _sync(folder: Path) -> None:
    """Bring the folder's own entries to the disk; Windows does so unasked."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _not_written(folder: Path, error: OSError) -> UserInputError:
    why = error.strerror or error
    if isinstance(error, FileExistsError | NotADirectoryError):
        why = "a file, or a link that leads nowhere, has this name"
    return UserInputError(
        f"results can't be written ({why})",
        where=str(folder),
        found=str(error.filename or folder),
        expected="a folder that can be written to, on a disk with room",
        remedy="make room, or choose another folder",
    )
