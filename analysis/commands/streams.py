"""Standard streams that never fail: what can't be printed is dropped, and told at the end.

A command goes on when its reader is gone, its terminal closed, or the disk full that it prints to: its files matter.
"""

import errno
import io
import os
import sys
from typing import Any


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
    """Streams that were closed lead nowhere; none of them fails; signs that a terminal lacks become question marks."""
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
        stream.reconfigure(errors="replace")
        return stream
    stream.flush()
    outlet = Outlet(raw.fileno(), "w", closefd=False)
    flushed = stream.line_buffering or stream.write_through
    return io.TextIOWrapper(
        io.BufferedWriter(outlet),
        stream.encoding,
        "replace",
        line_buffering=flushed,
        write_through=stream.write_through,
    )


def not_printed() -> OSError | None:
    """Why not everything came to standard output; nothing where it did, or whoever read had seen enough."""
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    error = raw.error if isinstance(raw, Outlet) else None
    return error if error and error.errno != errno.EPIPE else None
