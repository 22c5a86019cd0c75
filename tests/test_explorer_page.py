"""The classroom's page in a real browser: levers, links, keyboard, other people's eyes, and what goes wrong."""

import contextlib
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest

from tests.browser import FLAGS, LONG, Served, browser_or_skip, watched
from tests.command_line import process

BROWSER = browser_or_skip()

from playwright.sync_api import Browser, Error, Locator, Page, Route, expect, sync_playwright  # noqa: E402

expect.set_options(timeout=LONG)
SMALL = "v=1&patients=40&weeks=52&seed=3"
LEVER = "[data-lever='programmes.creative_music_therapy.coverage'] input"
SIZES = {"laptop": (1366, 768), "phone": (390, 844)}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    one = Served()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as tools:
        one = tools.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        yield one
        one.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A page that may ask nobody but its own service, and may not fail silently."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=served.address)
    with watched(context, served.address) as one:
        yield one


def opened(page: Page, query: str = SMALL) -> None:
    page.goto(f"/?{query}")
    answered(page)


def answered(page: Page) -> None:
    """Waits until the thirty runs are there."""
    expect(page.locator("#changes")).to_have_attribute("aria-busy", "false")


def press(page: Page, lever: str, key: str, times: int) -> None:
    page.locator(lever).focus()
    for _ in range(times):
        page.keyboard.press(key)


def asked(served: Served, what: str, page: Page) -> Any:
    """What the service answers to the worlds of this page's address."""
    own = ("week", "view", "show", "who", "outcome", "budget", "lesson", "step")
    query = "&".join(part for part in urlsplit(page.url).query.split("&") if part.split("=")[0] not in own)
    with urlopen(f"{served.address}api/{what}?{query}") as answer:
        return json.load(answer)


def shown(page: Page) -> list[str]:
    return page.locator(".outcome .said").all_inner_texts()


def numbers(text: str) -> list[float]:
    return [float(one.replace("−", "-").replace(",", "")) for one in re.findall(r"[−-]?[\d,]*\.?\d+", text)]


def test_a_lever_moved_changes_the_address_and_shows_what_the_service_found(page: Page, served: Served) -> None:
    opened(page)
    expect(page.locator(".headline")).to_contain_text("Nothing is moved")
    press(page, LEVER, "ArrowRight", 12)
    page.wait_for_url("**programmes.creative_music_therapy.coverage=0.6*")
    answered(page)
    end = {part: values[-1] for part, values in asked(served, "band", page)["outcomes"]["qpr"]["difference"].items()}
    sentence = page.locator(".headline").inner_text()
    said = numbers(sentence)
    assert len(said) == 3
    assert said == pytest.approx([end["mean"], end["lower"], end["upper"]], abs=0.051)
    expect(page.locator("#live")).to_have_text(sentence)
    expect(page.locator(".lever.moved")).to_have_count(1)
    page.get_by_role("button", name="Put all back").click()
    expect(page.locator(".headline")).to_contain_text("Nothing is moved")
    expect(page.get_by_role("heading", name="Levers", exact=True)).to_be_focused()
    assert "creative_music" not in page.url


def test_a_lever_moved_again_later__keeps_what_it_was_moved_to_before(page: Page, served: Served) -> None:
    opened(page, f"{SMALL}&scenario=hiring-freeze&week=20&view=area")
    lever = page.locator("[data-lever='services.caseload']")
    page.get_by_text("Services", exact=True).click()
    expect(lever.locator(".when")).to_contain_text("the scenario changes it in week 13, 39")
    expect(page.locator(".marks li")).to_have_text(
        [re.compile("Week 13: .*Caseload"), re.compile("Week 39: .*Caseload")]
    )
    press(page, "[data-lever='services.caseload'] input", "ArrowLeft", 1)
    page.wait_for_url("**services.caseload=24@20*")
    page.locator("#time input[type=range]").fill("30")
    press(page, "[data-lever='services.caseload'] input", "ArrowLeft", 1)
    page.wait_for_url("**services.caseload=24@20,23@30*")
    expect(lever.locator(".when")).to_contain_text("week 30 on; before: 24")
    expect(page.locator(".marks li")).to_have_count(4)
    press(page, "[data-lever='services.caseload'] input", "ArrowRight", 1)
    page.wait_for_url("**services.caseload=24@20&*")
    page.get_by_role("radio", name="Difference from today").check()
    page.wait_for_url("**show=difference*")
    answered(page)
    there = page.locator("#view-area .world.what_if .note").inner_text()
    opened(page, urlsplit(page.url).query)
    expect(page.get_by_role("radio", name="Difference from today")).to_be_checked()
    expect(page.locator("#view-area .world.what_if .note")).to_have_text(there)


def test_what_ordinary_controls_can_ask_for__is_answered(page: Page) -> None:
    opened(page, f"{SMALL}&scenario=hiring-freeze&services.turnover=0.2@45")
    page.get_by_text("Place and people", exact=True).click()
    weeks = page.get_by_role("slider", name="How long")
    weeks.fill("40")
    page.wait_for_url("**weeks=40*")
    answered(page)
    luck = page.get_by_role("spinbutton", name="Luck")
    for wrong in ("-5", "1.5"):
        luck.fill(wrong)
        luck.press("Enter")
    luck.fill("1e3")
    luck.press("Enter")
    page.wait_for_url("**seed=1000*")
    answered(page)
    expect(page.locator("body.has-problem")).to_have_count(0)


def test_what_the_page_tells__is_no_more_than_it_knows(page: Page) -> None:
    opened(page, f"{SMALL}&services.coverage=0&outcome=alliance")  # nobody has a professional to trust
    expect(page.locator(".headline")).to_contain_text("nothing to compare")
    alt = page.locator(".chart").first.get_attribute("aria-label") or ""
    assert "no number" in alt
    assert re.search(r"today [\d.]+ points of 100, between [\d.]+ and [\d.]+", alt)
    page.locator("#levers details.group > summary").nth(1).click()
    expect(page.locator(".lever.moved")).to_contain_text("today 100")  # where it stood
    page.locator("#levers details.group > summary").first.click()
    about = page.locator(".field .info:visible")
    expect(about).to_have_count(6)
    for k in range(6):
        about.nth(k).click()
    expect(page.locator(".field dl:visible dt", has_text="Where the number comes from")).to_have_count(6)
    budget = page.get_by_label("Extra money")
    budget.fill("-5")
    budget.blur()
    expect(page.locator(".wrong")).to_have_text("Please give a sum from 0 to 1,000,000, or none.")
    budget.fill("100")
    budget.blur()
    expect(page.locator(".wrong")).to_have_text("")
    expect(page.locator(".verdict")).to_contain_text("budget")
    tie = page.locator(".network.today .tie:not([aria-hidden])").first
    tie.hover(force=True)
    expect(page.locator(".card")).to_contain_text("last contact")
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_be_hidden()
    page.mouse.move(0, 0)
    tie.focus()
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator(".role-key")).to_be_hidden()  # roles are named around the picture
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Show levers").click()
    expect(page.locator(".role-key li:visible")).to_have_count(4)


SAID = {
    (2765, 2720, 2809): "2,770 a year more (2,720 to 2,810)",
    (0.011, 0.003, 0.019): "0.011 a year more (0.003 to 0.019)",
    (-0.3, -0.55, -0.05): "0.3 a year less (0.1 to 0.6)",
    (30, 3, 60): "30 a year more (3 to 60)",
    (0.01, -0.02, 0.04): "can't be told (−0.02 to 0.04)",
}


def test_numbers_have_one_digit_of_their_error__and_no_end_is_told_as_0_that_is_not(page: Page) -> None:
    page.goto("/?v=9")
    expect(page.locator(".problem")).to_be_visible()  # the page knows its words
    said = page.evaluate(
        """async (ends) => {
            const { told } = await import("/numbers.js");
            return ends.map(([mean, lower, upper]) => told({ mean, lower, upper }, "a year", "short"));
        }""",
        [list(ends) for ends in SAID],
    )
    assert said == list(SAID.values())


def test_a_drag_is_one_step_back(page: Page) -> None:
    opened(page)
    before = page.url
    box = page.locator(LEVER).bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
    page.mouse.down()
    for k in range(1, 9):
        page.mouse.move(box["x"] + 10 + 20 * k, box["y"] + box["height"] / 2)
    page.mouse.up()
    answered(page)
    assert page.url != before
    page.go_back()
    answered(page)
    assert page.url == before
    expect(page.locator(".lever.moved")).to_have_count(0)


def test_a_link_gives_the_same_numbers(page: Page, browser: Browser) -> None:
    query = f"{SMALL}&services.caseload=10@13&mechanisms.trust=off&week=20&who=7&outcome=loneliness&budget=100"
    opened(page, query)
    first, heard = shown(page), page.locator(".headline").inner_text()
    assert page.locator("input[type=range][max='52'][aria-label=Week]").input_value() == "20"
    expect(page.locator(".who")).to_have_text("Person 8")
    expect(page.locator(".marks li")).to_have_count(1)
    neighbour = browser.new_context()
    other = neighbour.new_page()
    other.goto(page.url)
    answered(other)
    assert shown(other) == first
    assert other.locator(".headline").inner_text() == heard
    assert other.locator(".verdict").inner_text() == page.locator(".verdict").inner_text()
    neighbour.close()


def test_two_students_who_move_levers_in_turns__see_their_own_world_only(
    page: Page, browser: Browser, served: Served
) -> None:
    other = browser.new_context(base_url=served.address).new_page()
    levers = {page: "programmes.creative_music_therapy.coverage", other: "programmes.open_dialogue.coverage"}
    for one in levers:
        opened(one)
    for _ in range(3):
        for one, lever in levers.items():
            press(one, f"[data-lever='{lever}'] input", "ArrowRight", 2)
    for one, lever in levers.items():
        one.wait_for_url(f"**{lever}=0.3")
        answered(one)
        expect(one.locator(".lever.moved")).to_have_count(1)
        end = {part: values[-1] for part, values in asked(served, "band", one)["outcomes"]["qpr"]["difference"].items()}
        said = numbers(one.locator(".headline").inner_text())
        assert said == pytest.approx([end["mean"], end["lower"], end["upper"]], abs=0.051)
    other.context.close()


def test_a_lever_moved_in_the_middle_of_a_life_is_moved_from_then_on(page: Page) -> None:
    opened(page, f"{SMALL}&week=13")
    press(page, LEVER, "ArrowRight", 2)
    page.wait_for_url("**coverage=0.1@13*")
    answered(page)
    expect(page.locator(".marks li")).to_have_count(1)
    expect(page.locator(".lever.moved")).to_contain_text("from week 13 on")


def test_whoever_is_new_sees_two_years_pass_and_moves_a_lever_from_the_start(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".time .said")).to_have_text(re.compile("Week [1-9][0-9]? of 104"))
    press(page, LEVER, "ArrowRight", 1)
    page.wait_for_url("**coverage=0.05")
    expect(page.locator(".time .said")).to_have_text("Week 104 of 104")
    answered(page)


def test_time_plays_pauses_and_steps(page: Page) -> None:
    opened(page)
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".time .said")).to_have_text(re.compile("Week ([3-9]|[1-4][0-9]) of 52"))
    page.get_by_role("button", name="Pause").click()
    here = numbers(page.locator(".time .said").inner_text())[0]
    assert parse_qs(urlsplit(page.url).query)["week"] == [f"{here:.0f}"]
    page.get_by_role("button", name="One week on").click()
    expect(page.locator(".time .said")).to_have_text(f"Week {here + 1:.0f} of 52")


def test_ties_are_reached_by_the_keyboard_alone(page: Page) -> None:
    opened(page, f"{SMALL}&who=5")
    ties = page.locator(".network.today .tie:not([aria-hidden])")
    expect(ties.first).to_be_attached()
    assert ties.count() > 1
    page.locator("body").press("Tab")
    for _ in range(80):
        if page.evaluate("document.activeElement.classList.contains('tie')"):
            break
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.classList.contains('tie')")
    reached = set()
    for _ in range(ties.count()):
        reached.add(page.evaluate("document.activeElement.dataset.key"))
        page.keyboard.press("ArrowRight")
    assert len(reached) == ties.count()
    page.keyboard.press("Enter")
    story = page.locator("#story")
    expect(story.get_by_role("heading", level=2)).to_be_focused()
    expect(story.locator(".views tbody tr")).to_have_count(13)  # 12 functions, and the alliance
    page.keyboard.press("Escape")
    expect(story).to_be_hidden()
    assert page.evaluate("document.activeElement.classList.contains('tie')")


def tab_to(page: Page, place: Locator, key: str = "Tab") -> None:
    """Goes on by the Tab key until this place has the focus."""
    wanted = place.element_handle()
    for _ in range(150):
        page.keyboard.press(key)
        if page.evaluate("(place) => document.activeElement === place", wanted):
            return
    raise AssertionError(f"Tab does not reach {place}")


def test_levers_time_and_dialogs_are_used_by_the_keyboard_alone(page: Page) -> None:
    opened(page)
    share = page.get_by_role("button", name="Share")
    tab_to(page, share)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Copy the link"))
    page.keyboard.press("Escape")
    expect(share).to_be_focused()
    for lever, key, said in (
        ("services.caseload", "ArrowLeft", "services.caseload="),
        ("mechanisms.trust", " ", "=off"),
    ):
        tab_to(page, page.locator("details", has=page.locator(f"[data-lever='{lever}']")).locator("summary"))
        page.keyboard.press("Enter")
        row = page.locator(f"[data-lever='{lever}']")
        tab_to(page, row.get_by_role("button", name="About"))
        page.keyboard.press("Enter")
        expect(row.locator(".about")).to_be_visible()
        tab_to(page, row.locator("input"), "Shift+Tab")
        page.keyboard.press(key)
        page.wait_for_url(f"**{said}*")
    tab_to(page, page.get_by_role("button", name="One week back"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("slider", name="Week"))
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".time .said")).to_have_text("Week 50 of 52")
    page.keyboard.press("Home")
    tab_to(page, page.get_by_role("button", name="Play"), "Shift+Tab")
    page.keyboard.press("Space")
    expect(page.locator(".time .said")).not_to_have_text("Week 0 of 52")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_focused()


def test_a_lesson_is_used_by_the_keyboard_alone(page: Page) -> None:
    opened(page)
    tab_to(page, page.get_by_role("button", name="Lessons"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Begin: Many ties, close ties"))
    for _ in range(2):
        page.keyboard.press("Enter")
        expect(page.locator("#lesson h2")).to_be_visible()
        if page.locator("#lesson input[type=radio]").count():
            tab_to(page, page.locator("#lesson input[type=radio]").first)
            page.keyboard.press("Space")
        tab_to(page, page.get_by_role("button", name="Next"))
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-name")).to_contain_text("3 of")


def test_where_less_motion_is_asked_for__nothing_plays_by_itself_and_time_goes_in_leaps(
    browser: Browser, served: Served
) -> None:
    context = browser.new_context(base_url=served.address, reduced_motion="reduce")
    with watched(context, served.address) as page:
        page.goto("/")
        expect(page.locator(".network.today .tie").first).to_be_attached()
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        expect(page.locator(".time .said")).to_have_text("Week 104 of 104")
        seen = page.evaluate("""() => new Promise((resolve) => {
            const said = document.querySelector(".time .said"), weeks = new Set();
            new MutationObserver(() => {
              weeks.add(Number(said.textContent.match(/[0-9]+/)[0]));
              if (weeks.size === 3) resolve([...weeks]);
            }).observe(said, { childList: true });
            document.querySelector(".play").click();
        })""")
        assert seen == [104, 0, 4]
        page.get_by_role("button", name="Pause").click()
        page.locator(LEVER).press("ArrowRight")
        assert page.evaluate("document.getAnimations().length") == 0


def test_the_area_is_walked_by_the_keyboard_and_opens_a_person(page: Page) -> None:
    opened(page, f"{SMALL}&view=area&services.caseload=8")
    expect(page.locator(".crowd.today .one")).to_have_count(40)
    page.locator(".crowd.today").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_contain_text("recovery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="One person")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".network.what_if .tie").first).to_be_attached()


def test_a_lesson_from_start_to_end(page: Page) -> None:
    opened(page)
    page.get_by_role("button", name="Lessons").click()
    page.get_by_role("button", name="Begin: Many ties, close ties").click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("button", name="Next")).to_be_disabled()  # predict before you see
    page.get_by_label("Self-help groups: more people to turn to").check()
    for _ in range(3):
        page.get_by_role("button", name="Next").click()
        expect(page.locator(".lever:visible")).not_to_have_count(17)
    expect(page.locator(".model-says")).to_contain_text(re.compile("Open dialogue|Self-help|can't tell"))
    expect(page.locator(".reveal")).to_contain_text("You said: Self-help groups")
    for _ in range(2):
        page.get_by_role("button", name="Next").click()
    page.locator(".lever:visible input").first.press("ArrowRight")
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#lesson h2")).to_be_focused()
    expect(page.locator("#lesson")).to_contain_text("Put in:")
    expect(page.locator(".lever.moved")).to_have_count(0)
    expect(page.get_by_role("button", name="Next: 3 Reciprocity and power")).to_be_visible()
    page.locator("#lesson").get_by_role("button", name="Close").click()
    expect(page.locator("#lesson")).to_be_hidden()
    expect(page.get_by_role("heading", name="Levers", exact=True)).to_be_focused()
    assert "lesson" not in page.url
    page.goto("/?v=1&lesson=one-deep-tie&step=2&week=30")
    expect(page.locator(".time .note")).to_have_text("Levers now move from here on.")


ANSWERS = {
    "one world": ({"outcome": "qpr"}, {"higher", "lower", "unclear", "same"}),
    "two worlds": (
        {"outcome": "loneliness", "more": "lower", "than": {"patients": 40, "weeks": 26, "services.caseload": 40}},
        {"first", "second", "unclear"},
    ),
    "two groups": (
        {"outcome": "qpr", "more": "higher", "groups": ["lowest third", "highest third"]},
        {"first", "second", "unclear"},
    ),
    "a budget": ({"outcome": "cost", "budget": 0}, {"within", "over", "unclear"}),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_model_answers_every_kind_of_question(page: Page, served: Served, kind: str) -> None:
    answer, choices = ANSWERS[kind]
    opened(page)
    world = {"patients": 40, "weeks": 26, "services.caseload": 8}
    found = page.evaluate(
        """async (answer) => {
            const { judged } = await import("/lesson.js");
            const about = await (await fetch("/api/page")).json();
            return judged({ page: about, state: null }, answer);
        }""",
        {**answer, "set": world},
    )
    assert found["choice"] in choices
    assert all(line.endswith(".") for line in found["lines"])
    if kind == "a budget":
        with urlopen(f"{served.address}api/band?v=1&patients=40&weeks=26&services.caseload=8") as said:
            cost = json.load(said)["outcomes"]["cost"]["difference"]
        assert (found["choice"] == "over") == (cost["lower"][-1] > 0)


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


@pytest.mark.parametrize("query", WRONG)
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
    page: Page, served: Served, tmp_path: Path
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
    said = process(*words, "--json", "--out", "here", folder=tmp_path)
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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("what", ["start", "story", "area", "lesson", "problem", "dialog"])
def test_no_serious_barrier_is_found_and_nothing_is_wider_than_the_screen(page: Page, size: str, what: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="no axe here: barriers are not looked for"
    )
    page.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    moved = f"{SMALL}&programmes.open_dialogue.coverage=0.5@13"
    queries = {"area": f"{moved}&view=area", "lesson": "lesson=one-deep-tie&step=1", "problem": "v=9"}
    page.goto(f"/?{queries.get(what, moved)}")
    if what == "problem":
        expect(page.locator(".problem")).to_be_visible()
    else:
        answered(page)
    if what == "story":
        page.locator(".network.what_if .tie:not([aria-hidden])").first.dispatch_event("click")
        expect(page.locator(".views tbody tr")).to_have_count(13)
    if what == "dialog":
        page.get_by_role("button", name="Take home").click()
        expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = axe.Axe().run(page).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]
    assert not serious


@pytest.mark.parametrize("width", [360, 683, 1100])
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    opened(page, f"{SMALL}&services.caseload=10")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
