"""The service put where browsers find it."""

import gc
import os
import socket
from collections.abc import Callable
from threading import Thread
from typing import Any

import uvicorn

from analysis.explorer.asked import Asked
from analysis.explorer.service import service
from sim.mistakes import Mistake
from sim.pool import pool_for
from sim.scenario_shape import SHARE_PSYCHOSIS
from sim.simulation import Simulation

EVERYWHERE = ("0.0.0.0", "::")
ELSEWHERE = ("192.0.2.1", 9)  # an address that nobody has (RFC 5737); nothing is sent to it


def listening(host: str, port: int) -> socket.socket:
    """A door at this address. Raises Mistake where there can be none."""
    try:
        return socket.create_server((host, port), backlog=256)
    except OSError as error:
        raise Mistake(
            f"nothing can be served there: {os.strerror(error.errno or 0)}",
            where="--host, --port", found=f"{host}:{port}",
            expected="an address of this computer, and a port that is free",
            remedy=f"take another port: --port {port + 1 if port < 65535 else 8000}",
        ) from error  # fmt: skip


def addresses(host: str) -> list[str]:
    """Names under which browsers find the page, this computer's own first."""
    if host not in EVERYWHERE:
        return [host]
    return ["localhost", *filter(None, [in_this_network()])]


def in_this_network() -> str:
    """This computer's address as others in its network see it; none where it is in no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(ELSEWHERE)
            return str(asking.getsockname()[0])
        except OSError:
            return ""


def serve(door: socket.socket, own: str = "") -> None:
    """Answer until somebody says stop."""
    Thread(target=made_ready, daemon=True).start()
    answer(service(own), door)


def answer(app: Callable[..., Any], door: socket.socket) -> None:
    """Answer at this door until somebody says stop."""
    settings = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=1
    )
    uvicorn.Server(settings).run(sockets=[door])


def made_ready() -> None:
    """The core is compiled and people of every preset are there before anybody asks for them."""
    for preset in SHARE_PSYCHOSIS:
        today = Asked(preset=preset, patients=20).today
        Simulation(today, record=True, pool=pool_for(today)).live(1)
    gc.collect()
    gc.freeze()  # what is there by now stays: no need to look through it again and again
