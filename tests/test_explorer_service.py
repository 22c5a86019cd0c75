"""The service of the classroom: numbers are those of the command line, mistakes come in words."""

import asyncio
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.replication import simulate

pytest.importorskip("starlette", reason="the classroom needs the extra `explore`")
pytest.importorskip("httpx2", reason="the classroom's tests need httpx2")

from starlette.testclient import TestClient
from starlette.types import Message

from supportnet.analysis.explorer import worlds
from supportnet.analysis.explorer.asked import NO_POSTERIOR, WhatIf
from supportnet.analysis.explorer.levers import page_levers
from supportnet.analysis.explorer.service import SAFE, service
from supportnet.analysis.wording.caveats import NOT_FITTED, compare_cautions
from supportnet.experiments.comparison.same_people import people_differ
from supportnet.experiments.ensemble.ensemble import NAMES, Persons
from supportnet.experiments.ensemble.estimates import mean_of
from supportnet.experiments.execution.workers import Interrupted
from supportnet.sim.network_file.format import to_parquet
from supportnet.sim.scenario.scenario import Scenario
from tests.draws import ship_few_draws
from tests.ensembles import compare

SMALL = {"v": "1", "patients": "40", "weeks": "26", "seed": "3"}
MOVED = {**SMALL, "services.caseload": "10", "programmes.befriending.coverage": "0.5"}
LATER = {**SMALL, "services.caseload": "15,10@13", "mechanisms.presence": "off@20"}
AFTER = {**SMALL, "services.caseload": "15,10@40", "scenario": "hiring-freeze"}  # goes on after the last week


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(service()) as found:
        yield found


def asked(client: TestClient, what: str, query: dict[str, str]) -> Any:
    answer = client.get(f"/api/{what}?{urlencode(query)}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("query", [MOVED, LATER])
def test_the_band_is_that_of_compare(client: TestClient, query: dict[str, str]) -> None:
    about = WhatIf.of(query)
    found = compare(about.today, about.what_if, replicates=worlds.REPLICATES, seed=about.seed)
    band = asked(client, "band", query)
    for outcome in ("qpr", "loneliness", "cost", "network_size"):
        column = NAMES.index(outcome)
        today, what_if = (world.values[:, -1:, column] for world in found.worlds)
        expected = mean_of(what_if - today, found.draws)
        shown = band["outcomes"][outcome]["difference"]
        for part in ("mean", "lower", "upper"):
            assert shown[part][-1] == pytest.approx(float(getattr(expected, part)[-1]), rel=1e-5), (outcome, part)


def test_shares_of_people_better_and_worse_off_are_those_of_compare__with_intervals(client: TestClient) -> None:
    lost = {**SMALL, "mechanisms.presence": "off"}
    about = WhatIf.of(lost)
    found = compare(about.today, about.what_if, replicates=worlds.REPLICATES, seed=about.seed).for_whom
    assert found is not None
    told = asked(client, "band", lost)["whom"]
    assert [one["group"] for one in told] == list(found["group"])
    for name in ("better", "worse"):
        shares = [np.nan if one[name] is None else one[name] for one in told]
        np.testing.assert_allclose(shares, found[name], rtol=1e-5)
        assert all(one[f"{name}_lower"] <= one[name] <= one[f"{name}_upper"] for one in told if one[name] is not None)
    assert any(one["worse_upper"] > one["worse"] > 0 for one in told)


def test_one_run_of_luck_is_the_first_of_the_thirty(client: TestClient) -> None:
    first = asked(client, "first", MOVED)
    about = WhatIf.of(MOVED)
    one = compare(about.today, about.what_if, replicates=1, seed=about.seed)
    column = NAMES.index("qpr")
    assert first["outcomes"]["qpr"]["what_if"][-1] == pytest.approx(
        float(one.worlds[1].values[0, -1, column]), rel=1e-5
    )


def test_todays_side_is_computed_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[str] = []

    def counted(plan: RunPlan, *rest: Any, **more: Any) -> object:
        lived.append(plan.scenario.name)
        return simulate(plan, *rest, **more)

    monkeypatch.setattr(worlds, "simulate", counted)
    here = {**SMALL, "seed": "77"}
    asked(client, "band", {**here, "services.caseload": "11"})
    asked(client, "band", {**here, "services.caseload": "12"})
    asked(client, "band", {**here, "services.caseload": "12"})
    assert len(lived) == 3  # today, and two what-ifs
    for caseload in range(20, 30):
        asked(client, "first", {**here, "services.caseload": str(caseload)})
    lived.clear()
    asked(client, "band", {**here, "services.caseload": "13"})
    assert len(lived) == 1  # however many looked for one run of luck meanwhile


def test_two_who_ask_at_once__wait_for_the_same_today(monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[str] = []

    def slow(plan: RunPlan, *rest: Any, **more: Any) -> Any:
        lived.append(plan.scenario.name)
        return simulate(plan, *rest, **more)

    monkeypatch.setattr(worlds, "simulate", slow)
    found = worlds.Worlds()
    both = [WhatIf.of({**SMALL, "services.caseload": said}) for said in ("11", "12")]
    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda about: found.band(about, Event()), both))
    assert lived.count("today") == 1


def test_people_live_by_the_numbers_that_the_first_line_lives_by(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ship_few_draws(monkeypatch, tmp_path)
    drawn = {**SMALL, "patients": "20", "services.caseload": "10", "uncertain": "numbers"}
    line, area = asked(client, "first", drawn), asked(client, "area", drawn)
    for world in ("today", "what_if"):
        shown = sum(area[world]["qpr"][-1]) / 20
        assert shown == pytest.approx(line["outcomes"]["qpr"][world][-1], abs=0.5)  # people are shown in whole points
        assert area["today"] != asked(client, "area", {**drawn, "uncertain": "luck"})["today"]


def test_where_no_posterior_is_shipped__who_asks_for_unknown_numbers_is_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the words of the commands, and that the address asked for more."""
    monkeypatch.setattr("supportnet.analysis.explorer.asked.shipped_draws_path", lambda: None)
    few = {"patients": "20", "weeks": "26", "services.caseload": "10"}
    band, drawn = (asked(client, "band", {**few, "uncertain": name}) for name in ("luck", "numbers"))
    assert NOT_FITTED in band["cautions"]
    assert drawn["cautions"] == [NO_POSTERIOR, *band["cautions"]]


FAMILY = {**SMALL, "scenario": "family-work", "services.turnover": "0.5"}


@pytest.mark.parametrize("query", [MOVED, LATER, AFTER, FAMILY])
def test_the_file_to_take_home_is_the_same_scenario(client: TestClient, query: dict[str, str]) -> None:
    answer = client.get(f"/api/take-home/what-if.toml?{urlencode(query)}")
    tomllib.loads(answer.text)
    read = Scenario.read(answer.text, "what-if").with_values({"weeks": 26})  # as --weeks of its command does
    assert read.canonical() == WhatIf.of(query).what_if.canonical()


def test_what_comes_after_the_last_week__is_cut_off() -> None:
    cut = WhatIf.of(AFTER).what_if
    assert [change.week for change in cut.calendar] == [13]
    assert cut.services.caseload == 15
    assert cut.cut_off


def test_a_lever_moved_twice__stands_where_it_was_put_each_time() -> None:
    (change,) = (change for change in WhatIf.of(LATER).what_if.calendar if change.week == 13)
    assert WhatIf.of(LATER).what_if.services.caseload == 15
    assert change.services["all"]["caseload"] == 10


def test_a_scenario_of_ones_own__is_taken_home_whole(tmp_path: Path) -> None:
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text(
        'based_on = "hiring-freeze"\n[services]\ncaseload = 22\n[programmes.befriending]\ncoverage = 0.2\n'
    )
    second.write_text(
        'based_on = "first.toml"\ntitle = "Ours"\n[programmes.befriending]\nuses = {}\n'
        '[[calendar]]\nweek = 9\nset = { "programmes.befriending.coverage" = 0.4 }\n'
    )
    about = WhatIf.of({**MOVED, "scenario": "second", "services.caseload": "11,12@20"}, str(second))
    assert str(tmp_path) not in about.file
    read = Scenario.read(about.file, "what-if").with_values({"weeks": 26})
    moved = {"services.caseload": 11, "programmes.befriending.coverage": 0.5, "population.patients": 40, "weeks": 26}
    expected = Scenario.load(second, moved).canonical()
    (later,) = (change for change in read.canonical()["calendar"] if change["week"] == 20)
    assert later["services"]["all"]["caseload"] == 12
    assert read.title == "Ours, with 2 levers moved"
    assert {**read.canonical(), "calendar": [c for c in read.canonical()["calendar"] if c["week"] != 20]} == expected


@pytest.mark.parametrize("lever", ["services.caseload", "mechanisms.trust", "programmes.open_dialogue.coverage"])
def test_a_levers_file_says_the_lever(lever: str) -> None:
    said = "off" if page_levers()[lever].is_switch else "1" if page_levers()[lever].high == 1 else "7"
    moved = WhatIf.of({**SMALL, lever: said})
    assert moved.what_if.canonical() != moved.today.canonical()


def test_what_was_stopped_half_way_is_not_kept() -> None:
    about, found, halt = WhatIf.of({**SMALL, "seed": "5"}), worlds.Worlds(), Event()
    halt.set()
    with pytest.raises(Interrupted):
        found.band(about, halt)
    assert found.band(about, Event())["replicates"] == worlds.REPLICATES
    assert len(found.compared(about, Event()).worlds[0].values) == worlds.REPLICATES


OWN = 'based_on = "today"\ntitle = "Ours"\n'


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ("[parameters]\n'bond.trust_gain' = 0.13\n", "bond.trust_gain 0.12 → 0.13"),
        ("[services]\ncaseload = 15\n", ""),
        ("[parameters]\n'costs.post' = 1.0\n", ""),
    ],
)
def test_other_people__live_where_a_scenario_of_ones_own_makes_them_others(tmp_path: Path, own: str, why: str) -> None:
    (tmp_path / "own.toml").write_text(OWN + own)
    about = WhatIf.of({"scenario": "own"}, str(tmp_path / "own.toml"))
    assert worlds.shared_by_worlds(about) == {"alike": False, "other_people": why}


@pytest.mark.parametrize("own", ["", '[population]\nnetworks = "networks.parquet"\n'])
def test_the_page_says_what_compare_says_of_the_people_in_both_worlds(tmp_path: Path, own: str) -> None:
    ties = pd.DataFrame({"patient": ["a", "b"], "supporter": ["s", "t"], "role": "friend"})
    (tmp_path / "networks.parquet").write_bytes(to_parquet(ties, {}))
    (tmp_path / "own.toml").write_text(OWN + own)
    query = {"scenario": "own", "patients": "20", "weeks": "26"}
    with TestClient(service(str(tmp_path / "own.toml"))) as client:
        first, band = (asked(client, what, query) for what in ("first", "band"))
    about = WhatIf.of(query, str(tmp_path / "own.toml"))
    found = compare(about.today, about.what_if, replicates=worlds.REPLICATES, seed=about.seed)
    assert first["other_people"] == band["other_people"] == people_differ(about.today, about.what_if)
    assert bool(first["other_people"]) is bool(own)
    assert found.same_people is not bool(own)
    assert band["cautions"] == compare_cautions(found)
    assert bool(band["whom"]) is found.same_people
    assert first["alike"] is band["alike"] is not bool(own)


def test_that_nothing_is_moved__is_said_where_both_worlds_are_the_same(client: TestClient) -> None:
    levers_as_today = {**SMALL, "services.caseload": "25", "services.turnover": "0.3@200"}
    for query, alike in ((SMALL, True), (levers_as_today, True), (MOVED, False)):
        found = asked(client, "first", query)
        assert found["alike"] is alike
        values = [found["outcomes"]["qpr"][world] for world in ("today", "what_if")]
        assert (values[0] == values[1]) is alike


def test_as_many_pairs_as_came__are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(plan: RunPlan, *rest: Any, **more: Any) -> Any:
        found, replicates = simulate(plan, *rest, **more), len(plan.sampling.replicates)
        left = range(3, replicates) if plan.scenario.name == "what-if" else range(replicates - 2)
        persons = Persons(*(column[list(left)] for column in found.persons or ()))
        return replace(found, replicates=tuple(left), values=found.values[list(left)], persons=persons)

    monkeypatch.setattr(worlds, "simulate", failing)
    band = worlds.Worlds().band(WhatIf.of({**MOVED, "patients": "20"}), Event())
    assert band["replicates"] == worlds.REPLICATES - 5
    assert band["whom"] == []
    assert "a replicate failed, so effects by group are not available" in band["cautions"]


MISTAKES = [
    ({"patients": "1000000000"}, "a whole number from 20 to 500"),
    ({"services.caseload": "1e9"}, "a number from 5 to 60"),
    ({"services.caseload": "nan"}, "a number from 5 to 60"),
    ({"services.caseloads": "5"}, "a lever of this page"),
    ({"services.caseload": "10@400"}, "a whole number from 0 to 207"),
    ({"services.caseload": "10@5,12@5"}, "each week once"),
    ({"mechanisms.trust": "maybe"}, "on, off"),
    ({"scenario": "../../etc/passwd"}, "today"),
    ({"v": "0"}, "1"),
    ({"seed": "-1"}, "a whole number"),
]


@pytest.mark.parametrize(("wrong", "expected"), MISTAKES)
@pytest.mark.parametrize("what", ["first", "band", "area", "person"])
def test_mistakes_are_told_in_words(client: TestClient, what: str, wrong: dict[str, str], expected: str) -> None:
    answer = client.get(f"/api/{what}?{urlencode({**SMALL, **wrong})}")
    assert answer.status_code == 400
    told = answer.json()["mistake"]
    assert expected in told["expected"]
    assert told["what"]
    assert told["where"] == next(iter(wrong))


def test_mistakes_found_while_answering_are_told_too(client: TestClient) -> None:
    answer = client.get(f"/api/tie?{urlencode({**SMALL, 'who': '0', 'tie': '4', 'week': '3', 'world': 'today'})}")
    assert answer.status_code == 400
    assert answer.json()["mistake"]["what"] == "this tie is not there"
    assert client.get(f"/api/person?{urlencode({**SMALL, 'who': '40'})}").status_code == 400


def test_an_address_that_is_too_long_is_refused(client: TestClient) -> None:
    answer = client.get("/api/first?" + "x" * 5000)
    assert answer.status_code == 400
    assert "too long" in answer.json()["mistake"]["what"]


@pytest.mark.parametrize("path", ["/", "/main.js", "/api/page", "/api/first?patients=x", "/nothing-here"])
def test_every_answer_keeps_the_page_to_itself(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    for name, said in SAFE.items():
        assert headers[name] == said


def test_browsers_ask_whether_a_file_has_changed(client: TestClient) -> None:
    first = client.get("/main.js")
    assert first.headers["Cache-Control"] == "no-cache"
    assert client.get("/main.js", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_nothing_names_a_file(client: TestClient) -> None:
    for path in (
        "/..%2f..%2fpyproject.toml",
        "/api/take-home/..%2fasked.py",
        "/api/take-home/other.txt",
        "/../asked.py",
    ):
        assert client.get(path).status_code == 404


def test_the_page_has_words_for_everything_it_shows(client: TestClient) -> None:
    page = asked(client, "page", {})
    words = page["words"]
    for lever in page["levers"]:
        assert {"title", "means", "example"} <= set(words["lever"][lever["name"]])
        assert lever["switch"] or words["lever"][lever["name"]]["source"]
    for outcome in page["outcomes"]:
        assert {"name", "unit", "is"} <= set(words["outcomes"][outcome])
    for group in ("roles", "processes", "mechanisms", "functions"):
        assert set(page[group]) <= set(words[group])


def test_lessons_are_complete(client: TestClient) -> None:
    page = asked(client, "page", {})
    kinds, known = set(page["words"]["lessons"]["kind"]), {lever["name"] for lever in page["levers"]}
    assert page["lessons"]
    for lesson in page["lessons"]:
        assert lesson["title"]
        assert lesson["aim"]
        assert lesson["minutes"] > 0
        names = [step.get("name") for step in lesson["steps"]]
        for step in lesson["steps"]:
            assert step["kind"] in kinds
            assert set(step.get("allow", [])) <= known
            assert step.get("reveal") is None or step["reveal"] in names
            for world in (
                step.get("set", {}),
                step.get("answer", {}).get("set", {}),
                step.get("answer", {}).get("than", {}),
            ):
                WhatIf.of({name: str(said) for name, said in world.items() if name not in OF_PAGE})
            if "question" in step:
                assert len(step["choices"]) > 1
                assert step["answer"]["outcome"] in page["outcomes"]


OF_PAGE = ("week", "view", "show", "who", "outcome", "budget", "lesson", "step")


@pytest.mark.parametrize("path", ["band", "take-home/outcomes.csv", "take-home/figure.png"])
def test_work_is_stopped_when_whoever_asked_has_left(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    stopped, told = list[bool](), list[Message]()

    def compared(self: worlds.Worlds, asked: WhatIf, halt: Event) -> None:
        stopped.append(halt.wait(20))
        raise Interrupted

    async def left() -> Message:
        return {"type": "http.disconnect"}

    async def tell(message: Message) -> None:
        told.append(message)

    monkeypatch.setattr(worlds.Worlds, "compared", compared)
    about = {"type": "http", "method": "GET", "path": f"/api/{path}", "query_string": urlencode(SMALL).encode()}
    asyncio.run(service()({**about, "headers": [], "client": ("here", 1)}, left, tell))
    assert told[0]["status"] == 499
    assert all(stopped)


def test_sessions_that_ask_in_turns_and_at_once__get_what_each_would_get_alone(client: TestClient) -> None:
    students = [MOVED, LATER, {**SMALL, "seed": "4", "services.caseload": "40"}]
    asks = [(what, world) for what in ("first", "person", "band") for world in students]

    def answer(one: TestClient, what: str, world: dict[str, str]) -> Any:
        said = one.get(f"/api/{what}?{urlencode(world)}")
        assert "set-cookie" not in said.headers
        return said.json()

    with TestClient(service()) as crowded, ThreadPoolExecutor(len(asks)) as at_once:
        together = list(at_once.map(lambda ask: answer(crowded, *ask), asks))
    assert together == [answer(client, *ask) for ask in asks]


def test_who_is_refused__is_told_when_to_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supportnet.analysis.explorer.work.MOST_HERE", 0)
    with TestClient(service()) as found:
        answer = found.get(f"/api/first?{urlencode(SMALL)}")
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0


def test_nothing_that_a_page_gets__tells_where_the_teachers_files_lie(tmp_path: Path) -> None:
    from supportnet.sim.importing.importer import import_interviews

    home, example = tmp_path / "nobody-may-know", Path(__file__).parents[1] / "sim" / "examples" / "network-canvas"
    import_interviews(example, example / "mapping.toml", home)
    (home / "base.toml").write_text('based_on = "today"\n[population]\nnetworks = "networks.parquet"\n')
    (home / "own.toml").write_text('based_on = "base.toml"\ntitle = "Ours"\n[services]\ncaseload = 15\n')
    query = urlencode({"v": "1", "scenario": "own", "patients": "40", "weeks": "26"})
    with TestClient(service(str(home / "own.toml"))) as client:
        for what in ("page", "first", "take-home/what-if.toml"):
            answer = client.get(f"/api/{what}?{query}")
            assert answer.status_code == 200, answer.text
            assert "nobody-may-know" not in answer.text
        said = tomllib.loads(answer.text)
        assert said["population"]["networks"] == "networks.parquet"
        assert '# People are read from "networks.parquet", which has to lie beside this file.' in answer.text
        (tmp_path / "what-if.toml").write_text(answer.text, "utf-8")
        (home / "networks.parquet").rename(tmp_path / "networks.parquet")
        assert Scenario.load(tmp_path / "what-if.toml").networks == tmp_path / "networks.parquet"
        for text in ('based_on = "base.toml"\nweeks = "x"\n', 'based_on = "/nobody-may-know/x.toml"\n', "x"):
            (home / "own.toml").write_text(text)
            told = client.get(f"/api/first?{query}&services.turnover=0.1")
            assert told.status_code == 400
            assert "nobody-may-know" not in told.text
