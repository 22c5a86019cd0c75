"""The classroom's page in a real browser, from the real service on a free port."""

import json
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
RUNS = 10  # in pairs, of which the page shows bands
LONG = 60_000  # ms: machines that test are busy
SMALL = "v=1&patients=40&weeks=52&seed=3"
LEVER = "[data-lever='programmes.creative_music_therapy.coverage'] input"
SIZES = {"laptop": (1366, 768), "phone": (390, 844)}


def browser_or_skip() -> str:
    """Where a browser is. Skips, and says why, where none is."""
    pytest.importorskip("playwright", reason="no playwright here: pages are not tested in a browser")
    pytest.importorskip("uvicorn", reason="the classroom needs the extra `explore`")
    names = (os.environ.get("BROWSER_PATH", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((place for name in names if name and (place := shutil.which(name))), None)
    if not found:
        pytest.skip("no browser here (chromium): pages are not tested in a browser", allow_module_level=True)
    return found


@contextmanager
def watched(context: Any, address: str) -> Iterator[Any]:
    """A page that may ask nobody but its own service, and may not fail silently."""
    outside, wrong = list[str](), list[str]()

    def guard(route: Any) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert not outside
    assert not wrong


class Served:
    """The service, which can be stopped and started again at the same address."""

    def __init__(self) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = int(one.getsockname()[1])
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        from supportnet.analysis.explorer.connections import server
        from supportnet.analysis.explorer.service import service
        from supportnet.analysis.explorer.serving import listening

        self._server: Any = server(service(), "127.0.0.1")
        sockets = [listening("127.0.0.1", self.port)]
        self._thread = threading.Thread(target=self._server.run, args=[sockets], daemon=True)
        self._thread.start()
        for _ in range(600):
            if self._server.started:
                return
            time.sleep(0.05)
        raise TimeoutError("the service does not start")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)


def opened(page: Any, query: str = SMALL) -> None:
    page.goto(f"/?{query}")
    answered(page)


def answered(page: Any) -> None:
    """Waits until all runs are there."""
    from playwright.sync_api import expect

    expect(page.locator("#changes")).to_have_attribute("aria-busy", "false")


def press(page: Any, lever: str, key: str, times: int) -> None:
    page.locator(lever).focus()
    for _ in range(times):
        page.keyboard.press(key)


def asked(served: Served, what: str, page: Any) -> Any:
    """What the service answers to the worlds of this page's address."""
    own = ("week", "view", "show", "who", "outcome", "budget", "lesson", "step")
    query = "&".join(part for part in urlsplit(page.url).query.split("&") if part.split("=")[0] not in own)
    with urlopen(f"{served.address}api/{what}?{query}") as answer:
        return json.load(answer)


def shown(page: Any) -> list[str]:
    return page.locator(".outcome .said").all_inner_texts()


def numbers(text: str) -> list[float]:
    return [float(one.replace("−", "-").replace(",", "")) for one in re.findall(r"[−-]?[\d,]*\.?\d+", text)]
