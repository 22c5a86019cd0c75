"""Runs first in a process that is watched: every event by which a file could act is written down."""

import os
import sys
from collections.abc import Iterable
from typing import Any

EVENTS = "SUPPORTNET_ATTACK_EVENTS"  # variable with the file that events are written to
ALLOWED = "SUPPORTNET_ATTACK_ALLOWED"  # variable with the folders that may be written to
STARTS = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn")
REACHES = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.sendto",
    "urllib.Request",
    "http.client.connect",
    "ftplib.connect",
)
CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod")
HARMLESS = ("git",)  # programs that tell the commit
ACTING = {"os", "posix", "nt", "subprocess", "builtins", "sys", "shutil", "socket", "runpy", "importlib"}
NO_ACT = {
    "set",
    "frozenset",
    "slice",
    "complex",
    "range",
    "bytearray",
    "object",
    "int",
    "float",
    "list",
    "tuple",
    "dict",
    "type",
}


def watch() -> None:
    """From here on events are written down."""
    goal = os.open(os.environ[EVENTS], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    allowed = [*map(os.path.realpath, os.environ[ALLOWED].split(os.pathsep)), "/dev", "/proc"]

    def hook(event: str, about: tuple[Any, ...]) -> None:
        try:
            if acts(event, about, allowed):
                os.write(goal, f"{event} {about!r}"[:300].replace("\n", " ").encode() + b"\n")
        except Exception as error:
            os.write(goal, f"the watch fails: {error!r}\n".encode())

    sys.addaudithook(hook)


def acts(event: str, about: tuple[Any, ...], allowed: Iterable[str]) -> bool:
    """Whether an event is one that no file of a user may bring about."""
    if event.startswith(STARTS):
        return True
    if event == "subprocess.Popen":
        return os.path.basename(os.fsdecode(about[0])) not in HARMLESS
    if event in REACHES:
        return not (event == "socket.connect" and isinstance(about[1], str))  # a socket of this computer
    if event == "pickle.find_class":
        return about[0] in ACTING and about[1] not in NO_ACT
    if event == "open":
        path, mode, flags = about
        return not isinstance(path, int) and writes(mode, flags) and is_outside(os.path.realpath(path), allowed)
    return event in CHANGES and any(is_outside(entry(path), allowed) for path in about if isinstance(path, str | bytes))


def writes(mode: str | None, flags: int) -> bool:
    return bool(set(mode or "") & set("wax+")) or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def entry(path: str | bytes) -> str:
    """The entry of a folder that a path names: a link itself, not what it leads to."""
    above, name = os.path.split(os.path.abspath(os.fsdecode(path)))
    return os.path.join(os.path.realpath(above), name)


def is_outside(path: str | bytes, allowed: Iterable[str]) -> bool:
    return not os.fsdecode(path).startswith(tuple(allowed))
