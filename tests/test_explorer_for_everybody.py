"""The classroom's page for everybody, in a real browser: by keyboard alone, with less motion, on any screen, by axe."""

from typing import Any

import pytest

from tests.browser import LEVER, SIZES, SMALL, Served, answered, browser_or_skip, opened, watched

browser_or_skip()

from playwright.sync_api import Browser, Locator, Page, expect  # noqa: E402


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


def every_screen() -> list[Any]:
    """What is shown, on every screen; the fast tests have each once, on phones and laptops by turns."""
    shown = ("start", "story", "area", "lesson", "problem", "dialog")
    grid = [(what, size, (j + k) % 2) for j, what in enumerate(shown) for k, size in enumerate(SIZES)]
    return [pytest.param(what, size, marks=pytest.mark.slow if odd else ()) for what, size, odd in grid]


@pytest.mark.parametrize(("what", "size"), every_screen())
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


@pytest.mark.parametrize("width", [360, *(pytest.param(width, marks=pytest.mark.slow) for width in (683, 1100))])
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    opened(page, f"{SMALL}&services.caseload=10")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
