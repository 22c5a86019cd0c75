"""The classroom's page in a real browser when answers come late or not at all, and when a link is wrong."""

import contextlib
import re

import pytest

from tests.browser import LEVER, LONG, SMALL, Served, answered, browser_or_skip, numbers, opened, press

browser_or_skip()

from playwright.sync_api import Error, Page, Route, expect  # noqa: E402

WRONG = {
    "v=1&patients=1000000000": "How many people",
    "v=1&services.caseload=900": "Caseload",
    "v=1&services.caselod=9": "there is no such lever",
    "v=0": "another version",
    "v=1&services.caseload=abc": "Caseload",
    "week=900": "week",
    "view=moon": "view",
    "lesson=none": "lesson",
    "patients=-3": "How many people",
}
FAST = ("v=1&services.caseload=900", "v=0", "view=moon")  # a number, a version, a word


@pytest.mark.parametrize("query", [pytest.param(one, marks=() if one in FAST else pytest.mark.slow) for one in WRONG])
def test_links_edited_by_hand_say_what_is_wrong(page: Page, query: str) -> None:
    page.goto(f"/?{query}")
    problem = page.locator(".problem")
    expect(problem).to_contain_text("This can't be shown")
    expect(problem).to_contain_text(re.compile(re.escape(WRONG[query]), re.IGNORECASE))
    page.get_by_role("button", name="Start again").click()
    answered(page)
    expect(problem).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator(".network.today .tie").first).to_be_attached()


class Held:
    """Answers of one kind that wait until they are let go."""

    def __init__(self, page: Page, what: str) -> None:
        self.page, self.routes, self.where = page, list[Route](), re.compile(f"/api/{what}")
        page.route(self.where, lambda route: self.routes.append(route))

    def come(self, asked: int) -> None:
        """Waits until so many are asked for."""
        for _ in range(LONG // 20):
            if len(self.routes) >= asked:
                return
            self.page.wait_for_timeout(20)
        raise TimeoutError(f"{self.where.pattern}: asked for {len(self.routes)} times only")

    def let_go(self) -> None:
        """Lets all of them come, and whatever is asked for from now on."""
        self.page.unroute(self.where)
        for one in self.routes:
            with contextlib.suppress(Error):  # the page has given it up
                one.fulfill(response=one.fetch())
        self.page.wait_for_timeout(300)


def fresh(page: Page) -> None:
    """Waits until what is shown of people is what was asked for."""
    expect(page.locator(".trend .now").first).not_to_be_empty()
    expect(page.locator(".view.one")).not_to_have_class(re.compile("old"))


def test_what_is_no_longer_asked_for__is_neither_shown_nor_waited_for(page: Page) -> None:
    opened(page, f"{SMALL}&week=20")
    fresh(page)
    picture, who = page.locator(".network.today"), page.locator(".who")
    before = picture.get_attribute("aria-label") or ""
    assert "person 19" in before

    firsts = Held(page, "first")
    press(page, LEVER, "ArrowRight", 1)
    firsts.come(1)
    page.go_back()
    answered(page)
    fresh(page)
    firsts.let_go()
    expect(page.locator(".headline")).to_contain_text("Nothing is moved")

    people = Held(page, "person")
    page.get_by_role("button", name="Somebody else").click()
    people.come(1)
    expect(who).to_have_text("Person 19")  # whom the picture shows
    page.go_back()
    people.let_go()
    fresh(page)
    expect(who).to_have_text("Person 19")
    assert picture.get_attribute("aria-label") == before

    box = page.locator(LEVER).bounding_box()
    assert box
    x, y = box["x"] + 9, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y)
    expect(page.locator(".lever.moved")).to_contain_text("from week 20 on")
    page.mouse.move(x, y)
    page.mouse.up()
    answered(page)


def test_a_story_is_of_the_tie_that_was_chosen(page: Page) -> None:
    opened(page, f"{SMALL}&who=5")
    story, views, ties = (
        page.locator("#story"),
        page.locator(".views"),
        page.locator(".network.today .tie:not([aria-hidden])"),
    )
    sides = Held(page, "tie")
    ties.nth(1).dispatch_event("click")
    sides.come(1)
    ties.nth(2).dispatch_event("click")
    with contextlib.suppress(Error):  # the page has given it up
        sides.routes[0].continue_()
    sides.come(2)
    expect(views).to_have_count(0)
    sides.routes[1].fulfill(status=500)
    expect(story).to_contain_text("No answer came")
    page.unroute(sides.where)
    page.keyboard.press("Escape")
    expect(ties.nth(2)).to_be_focused()

    page.get_by_role("button", name="Somebody else").click()
    fresh(page)
    page.get_by_text("Ties as a list").click()
    listed = page.locator(".as-list button").last
    listed.focus()
    page.keyboard.press("Enter")
    expect(views).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed).to_be_focused()
    press(page, LEVER, "ArrowRight", 1)
    listed.focus()
    answered(page)
    fresh(page)
    assert page.evaluate("document.activeElement.matches('.as-list button')")
    page.locator(".lever.moved .back").click()
    expect(page.locator(LEVER)).to_be_focused()
    fresh(page)
    ties.first.dispatch_event("click")
    expect(views).to_be_visible()
    page.go_back()
    page.go_back()
    page.go_back()
    expect(page.locator(".who")).to_have_text("Person 6")
    expect(story).to_be_hidden()


def test_fewer_people_and_more_weeks__leave_nothing_of_before(page: Page) -> None:
    opened(page, f"{SMALL}&view=area")
    page.locator(".crowd.today .one").nth(35).hover()
    page.get_by_role("heading", name="Place and people").click()
    press(page, "input[id^=patients]", "Home", 1)
    expect(page.locator(".crowd.today .one")).to_have_count(20)
    page.locator(".crowd.today").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"who=\d+"))

    fresh(page)
    people = Held(page, "person")
    press(page, "input[id^=weeks]", "ArrowRight", 1)
    people.come(1)
    assert all(re.fullmatch(r"\d+\s*→\s*\d+( / \d+)?", one) for one in page.locator(".trend .now").all_inner_texts())
    people.let_go()
    answered(page)

    page.route("**/api/area**", lambda route: route.fulfill(status=500))
    note = page.locator(".chooser .note")
    page.get_by_role("button", name="A hard time").click()
    expect(note).to_have_text("No answer came: try again.")
    page.unroute("**/api/area**")
    press(page, LEVER, "ArrowRight", 1)
    page.get_by_role("button", name="Much changes").click()
    expect(note).to_contain_text("not typical")
    page.go_back()
    fresh(page)
    expect(note).to_have_text("")

    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#levers")).to_be_hidden()
    page.get_by_role("link", name="Skip to the levers").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#levers")).to_be_focused()


def test_the_first_look_pauses_where_it_is(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert numbers(page.locator(".time .said").inner_text())[0] < 104
    page.get_by_role("button", name="Hide this hint").click()
    lever = page.locator("[data-lever='programmes.client_centred_therapy.coverage'] input")
    expect(lever).to_be_focused()
    expect(page.get_by_role("button", name="Much changes")).to_be_disabled()  # nothing does as yet

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/?")
    expect(page.locator(".time .said")).to_have_text(re.compile("Week [1-9][0-9]? of 104"))
    lever.fill("0.5")  # by a voice, say: neither key nor touch
    page.wait_for_url("**coverage=0.5")
    expect(page.locator("#levers")).to_be_visible()
    page.get_by_role("button", name="Lessons").click()
    page.get_by_role("button", name="Begin").first.click()
    expect(page.locator("#levers")).to_be_hidden()  # this step needs none
    expect(page.get_by_text("Step 1 of")).to_be_visible()


def test_the_service_stops_and_starts_under_an_open_page(page: Page, served: Served) -> None:
    opened(page)
    served.stop()
    press(page, LEVER, "ArrowRight", 3)
    expect(page.locator(".status")).to_contain_text("No connection")
    expect(page.locator(".network.today .tie").first).to_be_attached()  # what was there stays
    served.start()
    answered(page)
    expect(page.locator(".status")).not_to_contain_text("No connection")
    expect(page.locator(".headline")).to_contain_text("Recovery")


def test_a_busy_service_is_waited_for(page: Page) -> None:
    tries = list[str]()

    def busy(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) < 3:
            route.fulfill(status=503, json={"busy": True})
        else:
            route.continue_()

    page.route("**/api/band**", busy)
    page.goto(f"/?{SMALL}")
    expect(page.locator(".status")).to_contain_text("Many people are asking")
    answered(page)
    expect(page.locator(".status")).to_be_hidden()
