"""Mesa's own page, in a real browser, with every outside address blocked. Needs the extra `mesa`."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import FLAGS, LONG, browser_or_skip

pytest.importorskip("solara", reason="Mesa's page needs the extra `mesa`")
CHROMIUM = browser_or_skip()

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from supportnet.analysis.explorer.mesa_page import Explored, area_of, model_controls, person_network  # noqa: E402
from supportnet.analysis.figures.ego_network import ACQUAINTED  # noqa: E402
from supportnet.sim.mesa.model import SupportNetwork  # noqa: E402
from supportnet.sim.scenario.scenario import Scenario  # noqa: E402

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "supportnet.analysis.commands.main",
        "explore",
        "--mesa",
        "--port",
        str(port),
        "befriending",
    ]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) as served:
        for _ in range(600):
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
        served.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as tools:
        yield tools.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))


def opened(browser: Browser, address: str, outside: list[str]) -> Page:
    page = browser.new_page()

    def only_here(route: object, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if url.startswith((address, "data:", "blob:")):
            route.continue_()  # type: ignore[attr-defined]
        else:
            outside.append(url)
            route.abort()  # type: ignore[attr-defined]

    page.route("**/*", only_here)
    page.goto(address)
    expect(page.get_by_role("button", name="Step")).to_be_visible(timeout=LONG)
    return page


def test_the_page__works_offline_and_has_a_model_of_its_own_for_each_session(browser: Browser, address: str) -> None:
    outside: list[str] = []
    one, other = opened(browser, address, outside), opened(browser, address, outside)
    for week in (1, 2):
        one.get_by_role("button", name="Step").click()
        expect(one.get_by_text(f"Step: {week}")).to_be_visible(timeout=LONG)
    expect(other.get_by_text("Step: 0")).to_be_visible(timeout=LONG)
    assert outside == []


def test_levers__stand_where_the_scenario_has_them() -> None:
    found = model_controls(Scenario.load("befriending"), "befriending")
    assert (
        found["programmes.befriending.coverage"].value
        == Scenario.load("befriending").programmes["befriending"].coverage
    )
    assert found["mechanisms.trust"]["value"] is True


def test_the_model__is_the_one_of_the_command_line() -> None:
    levers = {"population.patients": 20, "services.caseload": 15.0, "mechanisms.trust": False}
    explored, plain = Explored("today", 3, **levers), SupportNetwork("today", 3, values=levers)
    for model in (explored, plain):
        model.run(4)
    assert explored.outcomes == pytest.approx(plain.outcomes, abs=0, nan_ok=True)


def test_pictures__show_every_tie_and_everybody() -> None:
    model = Explored("today", 1, **{"population.patients": 20})
    ties = person_network(model, 3).axes[0].lines
    assert sum(len(line.get_xdata()) for line in ties if line.get_label()[0] != "_") == len(model.patients[3].ties)
    grey = [line for line in ties if line.get_color() == ACQUAINTED]
    assert len(grey) == model.patients[3].supporter_ties > 0
    assert sum(len(line.get_xdata()) for line in area_of(model).axes[0].lines) == 20
