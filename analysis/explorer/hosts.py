"""Only a page of this computer's own addresses is answered: a name that others lead here could read what it answers."""

import socket
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

REFUSED = "This service is not known by that name. Open the address that `supportnet explore` has printed.\n"


class KnownHost:
    """Answers where the page was opened at the address to which the question came, or at a name of this computer."""

    def __init__(self, app: ASGIApp, host: str = "") -> None:
        self.app, self.names = (
            app,
            {"localhost", *names_of_this_computer(), host_in(f"[{host}]" if ":" in host else host)},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._knows(host_in(Headers(scope=scope).get("host", "")), scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            await PlainTextResponse(REFUSED, 403)(scope, receive, send)

    def _knows(self, host: str, scope: Scope) -> bool:
        here = (scope.get("server") or ("",))[0]
        return bool(host) and (host in self.names or host == bare(here))


def host_in(header: str) -> str:
    """The name or address in a Host header, without port, brackets and the interface of a local address; empty where
    there is none."""
    try:
        return bare(urlsplit(f"//{header}").hostname or "")
    except ValueError:
        return ""


def bare(address: str) -> str:
    """An address without the interface that it is local to."""
    return address.partition("%")[0].removeprefix("::ffff:").lower()


def names_of_this_computer() -> set[str]:
    """Its name, as short as it can be said too, and as networks without a name server know it."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return {name, short, f"{short}.local"}
