"""What many tests are given."""

import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line has it, before numpy is loaded

from tests.browser import FLAGS, LONG, RUNS, Served, browser_or_skip, watched
from tests.command_line import Said, Supportnet, signals_put_back


@pytest.fixture(scope="session")
def tree_of_commands() -> Callable[[Any], Any]:
    """What typer makes of the functions of commands: always the same, and as long in the making as a short command."""
    import typer.main

    return cache(typer.main.get_command)


@pytest.fixture
def supportnet(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    tree_of_commands: Callable[[Any], Any],
) -> Supportnet:
    """The command line, called from an empty folder."""
    monkeypatch.setattr("typer.main.get_command", tree_of_commands)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)  # as whoever runs the tests side by side sets it

    from supportnet.analysis.commands.main import main  # heavy for tests that do not call it

    def call(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["supportnet", *words])
        code: Any = 0
        try:
            with signals_put_back():
                main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return Said(int(code), out, err)

    return call


@pytest.fixture(scope="module")
def figures_not_drawn() -> Iterator[None]:
    """Figures that go into files are made, not drawn: drawing takes commands longer than all else in a small area.

    For tests of what else is in a folder; how figures are drawn is tested in tests/test_figures.py and
    tests/test_sensitivity_figures.py.
    """
    from matplotlib.figure import Figure

    drawn = Figure.savefig

    def not_drawn(figure: Figure, place: Any, **how: Any) -> None:
        if isinstance(place, Path):
            place.write_bytes(b"\x89PNG" if place.suffix == ".png" else b'<svg xmlns="http://www.w3.org/2000/svg"/>')
        else:
            drawn(figure, place, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(not_drawn, "drawn", drawn, raising=False)
        patch.setattr(Figure, "savefig", not_drawn)
        yield


@pytest.fixture
def figures_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn after all, where the other tests of a file do without."""
    from matplotlib.figure import Figure

    monkeypatch.setattr(Figure, "savefig", getattr(Figure.savefig, "drawn", Figure.savefig))


@pytest.fixture
def one_contact_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the reference model a tie has no second natural contact in a week, so that arithmetic by hand stays short."""
    from tests import reference_contacts

    monkeypatch.setattr(reference_contacts, "MOST_CONTACTS", 1)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The classroom's service, with a third of the runs: the page shows whatever comes of them."""
    from supportnet.analysis.explorer import asked, page, worlds

    with pytest.MonkeyPatch.context() as patch:
        for module in (asked, page, worlds):
            patch.setattr(module, "REPLICATES", RUNS)
        one = Served()
        yield one
        one.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser."""
    where = browser_or_skip()
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=LONG)
    with sync_playwright() as tools:
        one = tools.chromium.launch(executable_path=where, args=list(FLAGS))
        yield one
        one.close()


@pytest.fixture
def page(browser: Any, served: Served) -> Iterator[Any]:
    """A page that may ask nobody but its own service, and may not fail silently."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=served.address)
    with watched(context, served.address) as one:
        yield one
