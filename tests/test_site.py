"""The site: built without a warning; every page can be reached and searched; nothing is fetched from elsewhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

import supportnet
from tests.browser import watched

pytest.importorskip("sphinx", reason="the site needs the extra `docs`")

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
LISTS = {"genindex.html", "py-modindex.html", "search.html"}  # made by Sphinx


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going"]
    words = [*build, "-d", str(folder / "doctrees"), str(DOCS), str(folder / "html")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


def contents(page: Path) -> set[Path]:
    """The documents in the lists of contents of a page."""
    lists = re.findall(r"^```\{toctree\}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    names = [line for text in lists for line in text.splitlines() if line and not line.startswith(":")]
    return {path for name in names for kind in ("md", "ipynb") for path in page.parent.glob(f"{name}.{kind}")}


def test_every_document__is_in_a_list_of_contents() -> None:
    """And what Sphinx says of the site is a slow test's, for it builds it."""
    sources = {path for kind in ("md", "ipynb") for path in DOCS.rglob(f"[!.]*.{kind}")}
    assert len(sources) > 30
    listed = set[Path]().union(*(contents(page) for page in sources if page.suffix == ".md"))
    assert sources - listed == {DOCS / "index.md"}


def test_own_style_sheets__fetch_nothing_and_let_tables_break_their_words() -> None:
    assert fetched_by_sheets(DOCS) == []
    assert "overflow-wrap: anywhere" in (DOCS / "_static" / "wide.css").read_text("utf-8")


class Page(HTMLParser):
    """What a page links to, and what a browser fetches to show it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links, self.fetched, self.anchors = set[str](), set[str](), set[str]()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        about = {key: value or "" for key, value in attributes}
        self.anchors |= {about["id"]} if "id" in about else set()
        if tag == "a":
            self.links.add(about.get("href", ""))
        elif (tag, about.get("rel")) != ("link", "canonical"):
            self.fetched |= {about[key] for key in ("src", "href") if key in about}


@cache
def page_at(path: Path) -> Page:
    return Page(path)


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def place(page: Path, link: str) -> Path:
    """The file that a link on a page leads to."""
    path = unquote(urlsplit(link).path)
    return (page.parent / path).resolve() if path else page


def within(links: set[str]) -> set[str]:
    return {link for link in links if not urlsplit(link).scheme}


@pytest.mark.slow
def test_every_document_and_public_name__has_a_page(site: Path) -> None:
    sources = [path.relative_to(DOCS) for kind in ("md", "ipynb") for path in DOCS.rglob(f"[!.]*.{kind}")]
    wanted = [str(path.with_suffix(".html")) for path in sources]
    wanted += [f"reference/supportnet.{name}.html" for name in supportnet.PUBLIC]
    assert len(wanted) > 50
    assert [name for name in wanted if not (site / name).is_file()] == []


@pytest.mark.slow
def test_every_page__can_be_reached_from_the_first(site: Path) -> None:
    reached, waiting = set[Path](), {site / "index.html"}
    while waiting:
        reached |= waiting
        linked = {place(page, link) for page in waiting for link in within(page_at(page).links)}
        waiting = {page for page in linked if page.suffix == ".html"} - reached
    assert {page.name for page in set(pages(site)) - reached} <= LISTS


@pytest.mark.slow
def test_links__lead_to_places_that_exist(site: Path) -> None:
    for page in pages(site):
        for link in within(page_at(page).links | page_at(page).fetched):
            there, anchor = place(page, link), unquote(urlsplit(link).fragment)
            assert there.exists(), f"{page.name}: {link}"
            assert not anchor or anchor in page_at(there).anchors, f"{page.name}: {link}"


def fetched_by_sheets(folder: Path) -> list[str]:
    """What style sheets in a folder fetch from other computers."""
    sheets = "".join(sheet.read_text("utf-8") for sheet in folder.rglob("*.css"))
    return re.findall(r"""(?:url\(|@import)\s*['"]?(?:https?:)?//[^)]*""", sheets)


@pytest.mark.slow
def test_nothing__is_fetched_from_elsewhere(site: Path) -> None:
    assert {link for page in pages(site) for link in page_at(page).fetched if urlsplit(link).netloc} == set()
    assert fetched_by_sheets(site) == []


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """The site, served on this computer."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *about: Quiet(*about, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize(("query", "name"), [("reciprocity", "odd"), ("with_values", "supportnet.Scenario")])
def test_search__finds_words_and_names(browser: Any, address: str, query: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800})
    with watched(context, address) as page:
        page.goto(f"{address}/search.html?q={query}")
        page.locator(f"#search-results a[href*='{name}.html']").first.wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["index", "parameters", "notebooks/study", "reference/supportnet.SupportNetwork"])
def test_pages__fit_a_phone(browser: Any, address: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800})
    with watched(context, address) as page:
        page.goto(f"{address}/{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.slow
def test_the_reference__shows_what_people_need_of_tuples(site: Path) -> None:
    for path in (site / "reference").glob("*.html"):
        assert "Alias for field number" not in path.read_text("utf-8"), path.name
    text = re.sub(r"<[^>]+>", "", (site / "reference" / "supportnet.Parameters.html").read_text("utf-8"))
    assert "supportnet.Parameters(…)" in text


@pytest.mark.slow
def test_tables__break_their_words(site: Path) -> None:
    assert "overflow-wrap: anywhere" in (site / "_static" / "wide.css").read_text("utf-8")
    assert any("wide.css" in one for one in page_at(site / "parameters.html").fetched)
