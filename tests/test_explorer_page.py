"""The classroom's page in a real browser: levers, numbers, links, time, and lessons."""

import json
import re
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from tests.browser import LEVER, RUNS, SMALL, Served, answered, asked, browser_or_skip, numbers, opened, press, shown

browser_or_skip()

from playwright.sync_api import Browser, Page, Route, expect  # noqa: E402


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
    expect(page.locator(".verdict")).to_contain_text("Not ranked: a cut.")
    expect(page.locator(".verdict")).not_to_contain_text("budget")
    expect(page.locator("#changes .valued.good, #changes .valued.bad")).to_have_count(0)
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


def test_the_page_claims_no_more_than_the_service_says(page: Page) -> None:
    said = {"other_people": "networks from other data", "alike": False}
    told = {**said, "whom": [], "replicates": RUNS - 1, "cautions": ["what-if has different people from today"]}

    def changed(route: Route, answer: dict[str, object]) -> None:
        route.fulfill(json={**route.fetch().json(), **answer})

    opened(page)
    same, whom = page.locator(".tabs .note"), page.locator(".whom > .note")
    expect(same).to_contain_text("The same 40 people")
    expect(whom).to_contain_text("the same person")
    expect(page.locator(".changes")).to_contain_text(f"{RUNS} runs in pairs")
    page.route("**/api/first**", lambda route: changed(route, said))
    page.route("**/api/band**", lambda route: changed(route, told))
    opened(page, f"{SMALL}&view=area&show=difference")
    expect(same).to_contain_text("networks from other data")
    expect(page.locator("body")).not_to_contain_text("The same 40 people")
    expect(page.locator("body")).not_to_contain_text("Nothing is moved")
    expect(page.locator(".changes")).to_contain_text(f"{RUNS - 1} runs in pairs")
    expect(page.locator(".cautions")).to_have_text("Caution: what-if has different people from today.")
    expect(whom).to_have_text("Can't be told: the two worlds are not those of the same people.")
    expect(page.get_by_role("radio", name="Difference from today")).to_be_disabled()
    expect(page.locator(".crowd.what_if .sign[d^=M]")).to_have_count(0)
    page.get_by_role("tab", name="One person").click()
    expect(page.get_by_role("button", name="Much changes")).to_be_disabled()
    expect(page.locator("summary > .note")).to_have_text("Not the same person in both worlds.")

    page.route("**/api/band**", lambda route: route.fulfill(status=500))
    press(page, LEVER, "ArrowRight", 1)
    expect(page.locator(".headline")).to_have_text("No answer came.")
    expect(page.locator(".changes")).not_to_contain_text("on their way")


def test_supporters_who_know_each_other__are_joined__and_every_tie_says_how_many_it_knows(
    page: Page, served: Served
) -> None:
    page.emulate_media(reduced_motion="reduce")
    opened(page, f"{SMALL}&week=30&who=5")
    with urlopen(f"{served.address}api/person?{SMALL}&who=5") as answer:
        life = json.load(answer)
    pairs = [pair["ties"] for pair in life["today"]["acquaintances"] if 30 in pair["weeks"]]
    keys = [tie["key"] for tie in life["today"]["ties"] if 30 in tie["weeks"]]
    assert pairs
    picture = page.locator("svg.network.today")
    expect(picture.locator(".known path")).to_have_count(len(pairs))
    for key in keys:
        n = sum(key in pair for pair in pairs)
        says = f"knows {n} of the others" if n else "gives back"
        expect(picture.locator(f"[data-key='{key}']")).to_have_attribute("aria-label", re.compile(says))
    ends = picture.evaluate(ENDS)
    assert {tuple(sorted(pair)) for pair in ends} == {tuple(sorted(pair)) for pair in pairs}


# Pairs of keys of the ties whose shapes lie at the two ends of each line among supporters.
ENDS = """picture => {
  const ties = [...picture.querySelectorAll(".tie")];
  const middle = (element) => {
    const box = element.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const at = ties.map((tie) => [Number(tie.dataset.key), middle(tie.querySelector(".hit"))]);
  const nearest = ([x, y]) => at.reduce((a, b) => Math.hypot(a[1][0] - x, a[1][1] - y) <= Math.hypot(b[1][0] - x, b[1][1] - y) ? a : b)[0];
  return [...picture.querySelectorAll(".known path")].map((path) => [0, path.getTotalLength()].map((length) => {
    const point = path.getPointAtLength(length).matrixTransform(path.getScreenCTM());
    return nearest([point.x, point.y]);
  }));
}"""  # noqa: E501
