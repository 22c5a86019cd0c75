"""Connections of a service that nobody can block by holding many of them open, or one for long."""

import socket
import sys
from asyncio import AbstractEventLoop, BaseTransport, get_running_loop
from collections import Counter
from functools import cache
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from supportnet.analysis.explorer.hosts import KnownHost
from supportnet.experiments.execution.interruption import interruption

HEAD = 10.0  # seconds within which a connection says what it asks for
IDLE = 60  # seconds that it is kept for the next question
MOST = 1000  # connections, where there are file handles for twice as many
QUEUE, AT_ONCE = 256, 32  # connections that wait to be let in, and are let in before others are heard
FULL = "socket.accept() out of system resource"  # asyncio would tell it of each connection that waits


class Connection(H11Protocol):
    """A connection that is closed where it keeps the service waiting, or takes room that others need."""

    most = MOST

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.since = self.loop.time()
        opened = [one for one in self.connections if isinstance(one, Connection) and not one.transport.is_closing()]
        if len(opened) > self.most:
            crowd = Counter(one.address for one in opened)
            last = max(opened, key=lambda one: (one.waits, one.cycle is None, crowd[one.address], -one.since))
            (last if last.waits else self).transport.abort()

    def on_response_complete(self) -> None:
        self.since = self.loop.time()
        super().on_response_complete()

    @property
    def waits(self) -> bool:
        """Whether it is the other end's turn to ask."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def address(self) -> str:
        return self.client[0] if self.client else ""

    def close_late(self) -> None:
        """Closes the connection where a whole question has not come in time, however much of one has."""
        patience = HEAD if self.cycle is None else IDLE + HEAD
        if self.waits and self.loop.time() - self.since > patience:
            self.transport.abort()


class Server(uvicorn.Server):
    """A service that looks after its connections."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        get_running_loop().set_exception_handler(warn_once)
        for door in sockets or []:
            door.listen(QUEUE)  # asyncio has taken AT_ONCE for it

    async def on_tick(self, counter: int) -> bool:
        for one in list(self.server_state.connections):
            if isinstance(one, Connection):
                one.close_late()
        return await super().on_tick(counter)


def server(app: ASGIApp, host: str) -> Server:
    """What answers for an app. host: the name or address for which it is opened."""
    settings = uvicorn.Config(
        KnownHost(app, host), http=Connection, backlog=AT_ONCE, timeout_keep_alive=IDLE, timeout_graceful_shutdown=1,
        log_level="error", access_log=False, server_header=False,
    )  # fmt: skip
    return Server(settings)


def serve_until_stopped(app: ASGIApp, door: socket.socket, host: str) -> None:
    """Answer at this door until somebody says stop."""
    Connection.most = min(MOST, file_handles() // 2)
    heeded: Any = tuple(interruption.handled)  # SIGHUP too, and none that is ignored
    uvicorn.server.HANDLED_SIGNALS = heeded
    server(app, host).run(sockets=[door])


def file_handles() -> int:
    """How many files and connections may be open: as many as this computer grants."""
    if sys.platform == "win32":
        return 2 * MOST
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        most = 4 * MOST if hard == resource.RLIM_INFINITY else hard
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    except (OSError, ValueError):  # macOS grants less than it says
        return soft


def warn_once(loop: AbstractEventLoop, context: dict[str, Any]) -> None:
    """What goes wrong in the loop, but not again and again that there is no handle for one more connection."""
    if context["message"] == FULL:
        print_warning("Too many files are open: new connections wait.")
    else:
        loop.default_exception_handler(context)


@cache
def print_warning(text: str) -> None:
    print(text, file=sys.stderr)
