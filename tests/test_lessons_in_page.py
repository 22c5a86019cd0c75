"""Each lesson in a real browser, from its first step to its last, with the answer that is expected of it."""

from collections.abc import Iterator

import pytest

from tests.browser import LONG, Served, browser_or_skip, watched

browser_or_skip()

from playwright.sync_api import Browser, Page, Route, expect  # noqa: E402

from supportnet.analysis.explorer.lesson import Lesson, Step, lessons  # noqa: E402
from tests.test_lessons import EXPECTED, skip_without_draws  # noqa: E402


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The classroom's service with all its runs: what is expected of a lesson is what they say."""
    one = Served()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """One page for all lessons, one after the other."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=served.address)
    context.set_default_timeout(LONG)
    with watched(context, served.address) as one:
        yield one


FAST = "seven-mechanisms"  # one lesson: the others are taught by the same page
EACH = [pytest.param(one, id=one.name, marks=() if one.name == FAST else pytest.mark.slow) for one in lessons()]


@pytest.mark.parametrize("lesson", EACH)
def test_a_lesson_from_its_first_step_to_its_last(page: Page, lesson: Lesson) -> None:
    skip_without_draws(lesson)
    page.goto("/")
    page.get_by_role("button", name="Lessons").click()
    page.get_by_role("button", name=f"Begin: {lesson.title}").click()
    for k, step in enumerate(lesson.steps):
        last = k == len(lesson.steps) - 1
        onward = page.get_by_role("button", name="Finish" if last else "Next", exact=True)
        expect(page.locator("#lesson h2")).to_contain_text(step.title)
        expect(page.locator("#lesson .lesson-name")).to_contain_text(f"{k + 1} of {len(lesson.steps)}")
        if step.allow is not None:
            expect(page.locator(".lever:visible")).to_have_count(len(step.allow))
        if step.kind == "predict":
            expect(onward).to_be_disabled()
            page.locator("#lesson input[type=radio]").first.check()
        if step.reveal:
            asked = next(one for one in lesson.steps if one.name == step.reveal)
            says = page.locator(".model-says")
            says.wait_for()
            assert text_of(asked, EXPECTED[lesson.name, step.reveal]) in says.inner_text()
        onward.click()
    expect(page.locator("#lesson")).to_contain_text(lesson.closing.question)


def unsure(route: Route) -> None:
    """What unknown numbers would give, at once: ranges wide enough that nothing can be told."""
    answer = route.fetch(url=route.request.url.replace("uncertain=numbers", "uncertain=luck"))
    found = answer.json()
    for outcome in found["outcomes"].values():
        outcome["difference"].update(lower=[-1.0] * len(found["weeks"]), upper=[1.0] * len(found["weeks"]))
    route.fulfill(response=answer, json=found)


def test_a_guess_that_it_cannot_be_told__is_right_where_unknown_numbers_vary(page: Page) -> None:
    page.route("**/api/band*uncertain=numbers*", unsure)
    page.goto("/?lesson=one-deep-tie&step=1")
    page.get_by_label("The numbers can't tell").check()
    for _ in range(3):
        page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".model-says")).to_contain_text("Open dialogue")
    expect(page.locator(".with-numbers")).to_contain_text("The numbers can't tell")
    expect(page.locator(".reveal")).to_contain_text("With them varying, as you thought.")
    expect(page.locator(".reveal")).not_to_contain_text("Not what you thought")
    page.unroute("**/api/band*uncertain=numbers*")


def test_where_no_posterior_is_shipped__a_lesson_about_unknown_numbers_says_so(page: Page) -> None:
    def luck_only(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "uncertain": ["luck"]})

    def cautioned(route: Route) -> None:
        answer = route.fetch(url=route.request.url.replace("uncertain=numbers", "uncertain=luck"))
        route.fulfill(json={**answer.json(), "cautions": ["not calibrated"]})

    page.route("**/api/page", luck_only)
    page.route("**/api/band*uncertain=numbers*", cautioned)
    page.goto("/?lesson=reading-uncertainty&step=4")
    expect(page.locator(".reveal")).to_contain_text("Caution: not calibrated.")
    expect(page.locator(".cautions")).to_have_text("Caution: not calibrated.")
    page.unroute("**/api/page")
    page.unroute("**/api/band*uncertain=numbers*")


def test_a_short_address__opens_a_step_with_its_levers__and_a_whole_one_stays_as_it_was_given(page: Page) -> None:
    lesson, k = next((one, k) for one in lessons() for k, step in enumerate(one.steps) if moved(step))
    name = moved(lesson.steps[k])[0]
    page.goto(f"/?lesson={lesson.name}&step={k}")
    expect(page.locator(f"[data-lever='{name}'].moved")).to_have_count(1)
    page.goto(f"/?v=1&lesson={lesson.name}&step={k}")
    expect(page.locator("#lesson h2")).to_contain_text(lesson.steps[k].title)
    expect(page.locator(".lever.moved")).to_have_count(0)


def moved(step: Step) -> list[str]:
    return [name for name in step.set or {} if "." in name]


def text_of(asked: Step, choice: str) -> str:
    assert asked.choices
    return next(one.text for one in asked.choices if one.name == choice)
