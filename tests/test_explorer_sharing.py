"""What the classroom's page gives away, in a real browser: links and files to take home."""

import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.browser import SMALL, Served, asked, browser_or_skip, opened
from tests.command_line import Supportnet

browser_or_skip()

from playwright.sync_api import Page, Route, expect  # noqa: E402


def test_a_link_can_be_copied_without_a_clipboard(page: Page) -> None:
    opened(page)
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_label("Share this page").first).to_be_visible()
    assert page.evaluate("getSelection().toString() || document.activeElement.value") == page.url


def test_whoever_opened_the_page_to_a_class__shares_the_address_of_the_network(page: Page) -> None:
    page.route(
        "**/api/page", lambda route: route.fulfill(json=route.fetch().json() | {"network": "http://10.1.2.3:8000/"})
    )
    opened(page)
    page.get_by_role("button", name="Share").click()
    assert page.get_by_label("Share this page").last.input_value() == f"http://10.1.2.3:8000/?{SMALL}"


TAKEN = {
    "Scenario file": "what-if.toml", "Numbers (CSV)": "outcomes.csv", "Figure (PNG)": "figure.png",
    "Figure (SVG)": "figure.svg",
}  # fmt: skip


def test_what_can_be_taken_home_is_what_the_page_shows__and_what_the_command_gives(
    page: Page, served: Served, supportnet: Supportnet, tmp_path: Path
) -> None:
    opened(page, "v=1&patients=20&weeks=26&seed=3&services.caseload=10")
    page.get_by_role("button", name="Take home").click()
    command = page.get_by_label("The command").input_value()
    assert command == asked(served, "first", page)["command"]
    for name, file in TAKEN.items():
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert download.value.suggested_filename == file
        download.value.save_as(tmp_path / file)
    assert "caseload = 10" in (tmp_path / "what-if.toml").read_text()
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(tmp_path / "figure.svg").getroot().tag.endswith("svg")
    program, *words = shlex.split(command)
    said = supportnet(*words, "--json", "--out", "here")
    assert (program, said.code) == ("supportnet", 0), said.err
    shown = {part: v[-1] for part, v in asked(served, "band", page)["outcomes"]["qpr"]["difference"].items()}
    [found] = [row for row in said.json["differences"] if row["outcome"] == "qpr"]
    assert [found[part] for part in ("difference", "lower", "upper")] == pytest.approx(
        [shown[part] for part in ("mean", "lower", "upper")], rel=1e-5
    )
    assert (tmp_path / "outcomes.csv").read_bytes() == (tmp_path / "here" / "outcomes.csv").read_bytes()


def test_a_file_that_cannot_be_taken_home__is_told_in_words(page: Page) -> None:
    opened(page)
    page.get_by_role("button", name="Take home").click()
    link, said = page.get_by_role("link", name="Figure (PNG)"), page.get_by_role("dialog").get_by_role("status")
    page.route("**/take-home/**", lambda route: route.abort())
    link.click()
    expect(said).to_contain_text("No connection")
    refusal = {"mistake": {"what": "this is not known"}}
    refusals = [(503, {}, "Many people"), (400, refusal, "this is not known"), (500, {}, "went wrong")]
    answers = iter(refusals)

    def refuse(route: Route) -> None:
        status, answer, _ = next(answers)
        route.fulfill(status=status, json=answer)

    page.route("**/take-home/**", refuse)
    for _, _, words in refusals:
        link.click()
        expect(said).to_contain_text(words)
