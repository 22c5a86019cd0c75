"""Addresses of the classroom, damaged, asked of the service in a fork of this process."""

from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

from tests.attack.checks import fault_in
from tests.attack.damage import changed as changed_bytes
from tests.attack.processes import SECONDS, forked
from tests.attack.results import Ending, Result, fault

ADDRESSES = 60  # how often, beside the shares of readers
PATHS = ("page", "first", "band", "area", "person", "tie", "take-home/what-if.toml", "take-home/outcomes.csv")
WORLDS = (
    {"v": "1", "patients": "20", "weeks": "26", "seed": "3"},
    {"patients": "20", "weeks": "26", "services.caseload": "10,20@13", "mechanisms.presence": "off@20"},
    {"patients": "20", "weeks": "26", "scenario": "open-dialogue", "preset": "mixed", "uncertain": "luck"},
    {"patients": "20", "weeks": "26", "who": "3", "tie": "5", "week": "4", "world": "today"},
)
LONGEST = 20_000  # characters; the service refuses much shorter ones
FINE = (200, 304, 400, 404, 503)


def attack_address(folder: Path, rng: Random) -> Result:
    """One damaged address."""
    address = damaged_address(rng)
    end = forked(lambda: ask(address), folder, seconds=2 * SECONDS)
    about = "address"
    if wrong := fault_in(end):
        return fault(about, wrong, address[:300])
    status = int(end.out or 0)
    if status not in FINE:
        return fault(about, f"is answered with {status}", address[:300])
    return Result(Ending.ACCEPTED if status < 400 else Ending.REFUSED, about)


def damaged_address(rng: Random) -> str:
    """A path and query of which something was changed; sizes stay small."""
    query = dict(rng.choice(WORLDS))
    changed = rng.choice([name for name in query if name not in ("patients", "weeks")])
    value = query.pop(changed)
    if rng.random() < 0.5:
        value = changed_bytes(value.encode(), rng).decode("utf-8", "surrogateescape")
    else:
        changed = changed_bytes(changed.encode(), rng).decode("utf-8", "surrogateescape")
    said = urlencode({**query, changed: value}, errors="surrogateescape")
    if rng.random() < 0.3:
        said = changed_bytes(said.encode(), rng).decode("latin-1")
    path = rng.choice(PATHS)
    if rng.random() < 0.1:
        path = changed_bytes(path.encode(), rng).decode("latin-1")
    return f"/api/{quote(path)}?{quote(said, safe='=&%,@.+')}"[:LONGEST]


def ask(address: str) -> None:
    """Prints the status of the answer; whatever the service raises comes out of here."""
    from starlette.testclient import TestClient

    from supportnet.analysis.explorer.service import service

    with TestClient(service()) as client:
        print(client.get(address).status_code)
