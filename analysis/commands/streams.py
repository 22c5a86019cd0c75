"""Standard streams that never fail: what can't be printed is dropped and reported at the end.

A command continues if its reader is gone, its terminal closed or the disk of its output full: its files matter.
"""

import codecs
import contextlib
import errno
import io
import os
import sys
from typing import Any, TextIO

from supportnet.sim.errors import escaped

NARROWEST = 20  # columns in which every number has room
LOOKALIKES = {  # of signs that code pages of Windows lack
    "–": "-", "—": "-", "−": "-", "…": "...", "±": "+-", "×": "x", "·": ".", "≥": ">=", "≤": "<=", "→": "->",
    "‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "²": "2", "δ": "delta", "μ": "mu", "σ": "sigma",
}  # fmt: skip


def lookalike(error: UnicodeError) -> tuple[str, int]:
    """For codecs: what looks like the signs that an encoding lacks, or question marks."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(LOOKALIKES.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


codecs.register_error("lookalike", lookalike)


class Outlet(io.FileIO):
    """Where printed bytes go; remembers why some did not get there."""

    error: OSError | None = None

    def write(self, content: Any, /) -> int:
        """Says that everything was written."""
        try:
            return super().write(content) or 0
        except OSError as error:
            self.error = self.error or error
            return len(content)


def open_streams() -> None:
    """Streams that were closed lead nowhere; none of them fails; signs that one lacks become others like them."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:  # or a file of results would take the place of a stream
        pass
    os.close(number)
    for place, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(place, "w" if place else "r", encoding="utf-8", closefd=False))
        elif place and isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, unfailing(stream))


def unfailing(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """The same stream, which never fails where it is a plain file, pipe or terminal."""
    raw = getattr(stream.buffer, "raw", stream.buffer)
    if type(raw) is not io.FileIO:  # one of Windows's consoles, or of tests
        stream.reconfigure(errors="lookalike")
        return stream
    stream.flush()
    outlet = Outlet(raw.fileno(), "w", closefd=False)
    flushed = stream.line_buffering or stream.write_through
    return io.TextIOWrapper(
        io.BufferedWriter(outlet),
        stream.encoding,
        "lookalike",
        line_buffering=flushed,
        write_through=stream.write_through,
    )


def printable_on(text: str, stream: TextIO) -> str:
    """A text as a stream can show it: nothing acts on a terminal, and its encoding has every sign."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return escaped(text).encode(encoding, "lookalike").decode(encoding)


def width_of(stream: TextIO, otherwise: int) -> int:
    """How many columns a stream has: COLUMNS where that is set, else those of its terminal, else what is said here."""
    with contextlib.suppress(ValueError):
        if (wished := int(os.environ.get("COLUMNS", ""))) > 0:
            return max(wished, NARROWEST)
    with contextlib.suppress(OSError, ValueError):
        if columns := os.get_terminal_size(stream.fileno()).columns:
            return max(columns, NARROWEST)
    return otherwise


def not_printed() -> OSError | None:
    """Why not everything came to standard output; nothing where it did, or whoever read had seen enough."""
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    error = raw.error if isinstance(raw, Outlet) else None
    return error if error and error.errno != errno.EPIPE else None
