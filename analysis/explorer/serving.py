"""The service put where browsers find it."""

import gc
import os
import socket
import struct
import sys
from ipaddress import ip_address
from threading import Thread
from typing import NamedTuple

from supportnet.analysis.explorer.asked import WhatIf
from supportnet.analysis.explorer.connections import serve_until_stopped
from supportnet.analysis.explorer.service import service
from supportnet.experiments.execution.interruption import interruption
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.schema import SHARE_PSYCHOSIS

ELSEWHERE = ("192.0.2.1", 9)  # an address that nobody has (RFC 5737); nothing is sent to it
ADDRESS_OF = 0x8915  # Linux, netdevice(7): SIOCGIFADDR


def listening(host: str, port: int) -> socket.socket:
    """A door at this address. Raises UserInputError where there can be none."""
    try:
        family, *_, at = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        both = at[0] == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(at, family=family, backlog=256, dualstack_ipv6=both)
    except (socket.gaierror, UnicodeError) as error:
        raise UserInputError(
            f"the page can't be served there: {getattr(error, 'strerror', error)}", where="host", found=host,
            expected="a name or an address of this computer", remedy='for a class give host="0.0.0.0"',
        ) from error  # fmt: skip
    except OSError as error:
        raise UserInputError(
            f"the page can't be served there: {os.strerror(error.errno or 0)}", found=f"{host}:{port}",
            expected="an address of this computer, and a port that is free",
            remedy=f"try another port: port={port + 1 if port < 65535 else 8000}",
        ) from error  # fmt: skip


class Reached(NamedTuple):
    """Names under which browsers find the page: those on this computer, and those on others."""

    here: str
    elsewhere: list[str]
    only_here: bool = False  # others are not to find it


def reached(host: str, door: socket.socket) -> Reached:
    """Where browsers find the page behind this door."""
    at = ip_address(door.getsockname()[0].partition("%")[0])
    if at.is_unspecified:
        return Reached("localhost", in_this_network())
    name = f"[{host}]" if ":" in host else host
    return Reached(name, [] if at.is_loopback else [name], at.is_loopback)


def in_this_network() -> list[str]:
    """This computer's address as others see it: that of its way out, or where there is none those of its interfaces."""
    return [at for at in [way_out()] if is_reachable(at)] or [at for at in of_interfaces() if is_reachable(at)]


def is_reachable(at: str) -> bool:
    """Whether others can reach this address."""
    return bool(at) and not (ip_address(at).is_loopback or ip_address(at).is_link_local)


def way_out() -> str:
    """The address from which this computer would speak to one far away; none where no way leads out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(ELSEWHERE)
            return str(asking.getsockname()[0])
        except OSError:
            return ""


def of_interfaces() -> list[str]:
    """Addresses of this computer: of each interface on Linux, whose own name often leads to loopback only; elsewhere by
    its name."""
    if sys.platform != "linux":
        try:
            return socket.gethostbyname_ex(socket.gethostname())[2]
        except OSError:
            return []
    found = [address_of(name) for _, name in socket.if_nameindex()]
    return list(dict.fromkeys(filter(None, found)))


def address_of(interface: str) -> str:
    """The address of an interface; none where it has none."""
    from fcntl import ioctl  # not on Windows

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            answer = ioctl(asking, ADDRESS_OF, struct.pack("256s", interface.encode()))
        except OSError:
            return ""
    return socket.inet_ntoa(answer[20:24])


def serve(door: socket.socket, host: str, own: str = "", network: str = "") -> None:
    """Answer until somebody says stop. network: the address that others open."""
    interruption.compiling = Thread(target=made_ready, daemon=True)
    interruption.compiling.start()
    serve_until_stopped(service(own, network), door, host)


def made_ready() -> None:
    """The core is compiled and people of every preset are there before anybody asks for them."""
    for preset in SHARE_PSYCHOSIS:
        today = WhatIf(preset=preset, patients=20).today
        Simulation(today, record=True, pool=pool_for(today)).advance(1)
    gc.collect()
    gc.freeze()  # what is there by now stays: no need to look through it again and again
