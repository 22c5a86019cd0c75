"""The service behind the page: it answers what an address asks for, and keeps nothing about whoever asks."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from supportnet.analysis.explorer import lives
from supportnet.analysis.explorer.asked import WhatIf, whole_in_range
from supportnet.analysis.explorer.page import about_page
from supportnet.analysis.explorer.plain import json_value
from supportnet.analysis.explorer.take_home import outcomes_csv, picture, scenario_file
from supportnet.analysis.explorer.work import Bench, Busy, Client
from supportnet.analysis.explorer.worlds import Worlds
from supportnet.experiments.execution.workers import Interrupted, processors
from supportnet.sim.errors import UserInputError

LONGEST = 4000  # characters of an address
KEPT = 8 * 2**20  # bytes of answers that were given lately: first ones, and bands
SAFE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-cache",  # browsers ask whether a file has changed: no page of two versions after an upgrade
}
FILES = {  # what can be taken home: kind of file
    "what-if.toml": "application/toml", "outcomes.csv": "text/csv; charset=utf-8", "figure.png": "image/png",
    "figure.svg": "image/svg+xml",
}  # fmt: skip


Answer = Callable[[WhatIf, Request], Awaitable[bytes]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Safe:
    """Adds headers that keep a page to itself and new, and refuses addresses that are too long."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((k.lower().encode(), v.encode()) for k, v in SAFE.items())]
            await send(message)

        if scope["type"] == "http" and len(scope["query_string"]) > LONGEST:
            too_long = UserInputError(
                "this address is too long",
                found=f"{len(scope['query_string'])} characters",
                expected=f"at most {LONGEST}",
            )
            await mistaken(too_long)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)


def service(own: str = "", network: str = "") -> Starlette:
    """The whole of it, ready to be served.

    own: path of a scenario file that is offered besides the library. network: the address that others open, if any.
    """
    worlds, quick, long = Worlds(), Bench(processors() + 2, KEPT), Bench(processors(), KEPT, patient=True)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        quick.close()
        long.close()

    async def first(asked: WhatIf, request: Request) -> bytes:
        return await quick.done(
            ("first", asked), lambda halt: json_value(worlds.first(asked, halt)), client_of(request)
        )

    async def band(asked: WhatIf, request: Request) -> bytes:
        return await long.done(("band", asked), lambda halt: json_value(worlds.band(asked, halt)), client_of(request))

    async def area(asked: WhatIf, request: Request) -> bytes:
        return await in_both(quick, asked, "area", lives.area_answer, client_of(request))

    async def person(asked: WhatIf, request: Request) -> bytes:
        who = whole_in_range("who", request.query_params.get("who", "0"), 0, asked.patients - 1)
        return await in_both(quick, asked, f"person {who}", partial(lives.person_answer, who=who), client_of(request))

    async def tie(asked: WhatIf, request: Request) -> bytes:
        about = request.query_params
        who = whole_in_range("who", about.get("who", "0"), 0, asked.patients - 1)
        key, week = (
            whole_in_range("tie", about.get("tie", ""), 0, 2**32 - 1),
            whole_in_range("week", about.get("week", ""), 0, asked.weeks),
        )
        scenario = asked.today if about.get("world") == "today" else asked.what_if
        return await quick.done(
            ("tie", asked, about.get("world"), who, key, week),
            lambda halt: json_value(lives.tie_answer(asked, scenario, who, key, week)),
            client_of(request),
        )

    async def taken(asked: WhatIf, request: Request) -> bytes:
        name = request.path_params["name"]
        if name == "what-if.toml":
            return scenario_file(asked).encode()
        made = (
            partial(outcomes_csv, worlds, asked)
            if name == "outcomes.csv"
            else partial(picture, worlds, asked, name[-3:])
        )
        return await long.done((name, asked), made, client_of(request))

    async def take_home(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            raise HTTPException(404)
        content = await while_waited_for(taken, request, own)
        return Response(
            content, media_type=FILES[name], headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    async def about(request: Request) -> Response:
        return JSONResponse({**about_page(own), "network": network})

    def answered(answer: Answer) -> Endpoint:
        return in_json(answer, own)

    static = files("supportnet.analysis.explorer").joinpath("static")
    routes = [
        Route("/api/page", about),
        Route("/api/first", answered(first)),
        Route("/api/band", answered(band)),
        Route("/api/area", answered(area)),
        Route("/api/person", answered(person)),
        Route("/api/tie", answered(tie)),
        Route("/api/take-home/{name}", take_home),
        Mount("/", StaticFiles(directory=str(static), html=True)),
    ]
    handlers: Any = {UserInputError: partial(on_mistake, own=own), Busy: on_busy, Interrupted: on_departed}
    return Starlette(
        routes=routes, lifespan=lifespan, exception_handlers=handlers,
        middleware=[Middleware(Safe), Middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)],
    )  # fmt: skip


async def in_both(bench: Bench, asked: WhatIf, what: str, seen: Callable[..., Any], client: Client) -> bytes:
    """Something seen in both worlds; today's is the same for all who ask for the same people and luck."""
    today = (what, asked.preset, asked.patients, asked.weeks, asked.seed, asked.uncertain)
    found = await asyncio.gather(
        bench.done(today, lambda halt: json_value(seen(asked, asked.today, halt=halt)), client),
        bench.done((what, asked), lambda halt: json_value(seen(asked, asked.what_if, halt=halt)), client),
    )
    return b'{"today":%b,"what_if":%b}' % tuple(found)


ELSEWHERE = ("who", "tie", "week", "world")  # parts of an address that say what to look at, not which worlds


def world_of(request: Request) -> dict[str, str]:
    """The part of an address that says which worlds are asked for."""
    return {name: value for name, value in request.query_params.items() if name not in ELSEWHERE}


def client_of(request: Request) -> Client:
    """The connection that asks."""
    return (request.client.host, request.client.port) if request.client else ("", 0)


def in_json(answer: Answer, own: str) -> Endpoint:
    """An address answered in JSON."""

    async def endpoint(request: Request) -> Response:
        return Response(await while_waited_for(answer, request, own), media_type="application/json")

    return endpoint


async def while_waited_for(answer: Answer, request: Request, own: str) -> bytes:
    """What is asked for. Given up, and Interrupted raised, once nobody waits for it any more."""
    asked, found, wrong = WhatIf.of(world_of(request), own), list[bytes](), list[Exception]()
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            found.append(await answer(asked, request))
        except Exception as error:  # told below: out of a task group it would come as one of a group
            wrong.append(error)
        group.cancel_scope.cancel()
    if wrong:
        raise wrong[0]
    if not found:
        raise Interrupted
    return found[0]


FOLDERS = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?(?:[/\\][^/\\\s'\",;]+)+[/\\]")  # of an absolute path


def mistaken(error: UserInputError, own: str = "") -> JSONResponse:
    """What was wrong, where, and what to do: in parts, for the page to show in its own words; where files lie on this
    computer is not told."""
    parts = {name: str(text) for name, text in error.parts.items() if text}
    folder = os.path.join(os.path.dirname(own), "")
    parts = {
        name: FOLDERS.sub("", text.replace(folder, "") if folder else text)
        for name, text in {**parts, "where": error.where, "all": str(error)}.items()
    }
    return JSONResponse({"mistake": parts}, 400)


async def on_mistake(request: Request, error: Exception, own: str = "") -> Response:
    """What was wrong with an address, in words."""
    assert isinstance(error, UserInputError)
    return mistaken(error, own)


async def on_busy(request: Request, error: Exception) -> Response:
    """Too many ask at once."""
    return JSONResponse({"busy": True}, 503, headers={"Retry-After": "1"})


async def on_departed(request: Request, error: Exception) -> Response:
    """Nobody waits any more."""
    return Response(status_code=499)
