"""The writing of a result in one go."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from supportnet.sim.errors import UserInputError
from supportnet.sim.storage.unfinished import folder_in


def write_together(folder: Path, contents: dict[str, bytes]) -> None:
    """Writes all of these files into a folder, or none of them. What goes wrong is a UserInputError with its reason."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with folder_in(folder) as hidden:
            for name, content in contents.items():
                if (folder / name).is_dir():
                    raise IsADirectoryError(errno.EISDIR, f"{name} is a folder there")
                with open(hidden / name, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            for name in contents:
                os.replace(hidden / name, folder / name)
    except OSError as error:
        for path in made:
            with contextlib.suppress(OSError):
                path.rmdir()
        what = f"the result can't be written ({error.strerror or error})"
        remedy = "choose another folder with --out, or make room on the disk"
        expected = "a folder that can be written to"
        raise UserInputError(what, where=str(folder), found=str(folder), expected=expected, remedy=remedy) from error
