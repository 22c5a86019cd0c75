"""Pages that are sent on, in a browser: on a phone nothing scrolls sideways, and few sheets of A4 hold them."""

import re
from pathlib import Path
from typing import Any

import pytest

import supportnet as sn
from tests.questions import question_at

SMALL: dict[str, Any] = {"patients": 40, "weeks": 8, "replicates": 4, "uncertainty": "none"}
OPTIONS = ("peer-workforce", "family-work", "smaller-caseloads", "open-dialogue", "befriending-drive")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A decision's page, and a report on five options with its appendix."""
    folder = tmp_path_factory.mktemp("pages")
    decided = sn.decide(question_at(folder), **SMALL).save(folder / "decided")
    compared = sn.compare("today", *OPTIONS, **SMALL)
    compared.save(folder / "q" / "compare")
    sn.economics(compared).save(folder / "q" / "economics")
    report = sn.report(folder / "q", ledger=2).save(folder / "report.html")
    appendix = report.with_name("report-appendix.html")
    return {"answer": decided / "answer.html", "report": report, "appendix": appendix}


@pytest.mark.parametrize("name", ["answer", "report", "appendix"])
def test_a_phone__shows_it_without_sideways_scrolling(browser: Any, pages: dict[str, Path], name: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(pages[name].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


@pytest.mark.parametrize(("name", "most"), [("answer", 1), ("report", 12)])
def test_paper__holds_it_on_few_sheets(browser: Any, pages: dict[str, Path], name: str, most: int) -> None:
    page = browser.new_page()
    page.goto(pages[name].as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= most


def test_the_first_sheet_of_a_report__is_the_answer_alone(browser: Any, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 650, "height": 970})  # A4 without its margins
    page.emulate_media(media="print")
    page.goto(pages["report"].as_uri())
    bottom = page.evaluate("document.querySelector('#summary').getBoundingClientRect().bottom")
    page.close()
    assert bottom <= 970
