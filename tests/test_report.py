"""`supportnet report`: a real small comparison on one page that stands by itself, with the numbers of its files."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pandas as pd
import pytest

from supportnet.analysis.outputs.comparison import write_comparison
from supportnet.analysis.report import page
from supportnet.analysis.report.page import Report, report
from supportnet.analysis.report.summary import MOST, OptionPrice, summary
from supportnet.analysis.wording.formatting import qpr_points
from supportnet.analysis.wording.verdicts import in_words
from supportnet.experiments.ensemble.estimates import PARAMETERS_TOO
from supportnet.experiments.posterior.posterior import read_draws, write_draws
from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.importer import import_interviews
from tests.command_line import Supportnet
from tests.ensembles import compare
from tests.small import small

EXAMPLE = Path(__file__).parents[1] / "sim" / "examples" / "network-canvas"
DOCS = Path(__file__).parents[1] / "docs"
OTHERS = ("peer-workforce", "smaller-caseloads")


class Made(NamedTuple):
    """A folder of results and what was reported of it."""

    folder: Path
    report: Report


class Page(HTMLParser):
    """What tests look for on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def every(self, tag: str, attribute: str) -> list[str]:
        return [said.get(attribute, "") for name, said in self.tags if name == tag]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("results")
    found = compare(*map(small, ("today", *OTHERS)), replicates=4, workers=2)
    (folder / "compare").mkdir()
    write_comparison(found, folder / "compare")
    return Made(folder, report(folder, ledger=2, workers=2))


@pytest.fixture
def copied(made: Made, tmp_path: Path) -> Path:
    """A folder of the same results, to be changed."""
    shutil.copytree(made.folder, tmp_path / "q")
    return tmp_path / "q"


def whole(report: Report) -> str:
    """Both pages."""
    return report.html + report.appendix


@pytest.mark.parametrize("name", ["html", "appendix"])
def test_page__needs_nothing_from_outside(made: Made, name: str) -> None:
    page, html = Page(getattr(made.report, name)), getattr(made.report, name)
    assert not {"script", "link", "iframe", "object", "video"} & {tag for tag, _ in page.tags}
    assert all(source.startswith("data:image/") for source in page.every("img", "src"))
    ids = [said["id"] for _, said in page.tags if "id" in said]
    assert len(ids) == len(set(ids))
    links = page.every("a", "href")
    assert {address[1:] for address in links if address.startswith("#")} <= set(ids)
    outside = [address for address in links if not address.startswith("#")]
    assert outside
    assert all(address.startswith(("https://doi.org/10.", "report")) for address in outside)
    assert "url(" not in html
    assert "@import" not in html


def test_links_from_page_to_page__lead_somewhere(made: Made, tmp_path: Path) -> None:
    made.report.save(tmp_path / "for the board.html")
    pages = {path.name: Page(path.read_text("utf-8")) for path in tmp_path.iterdir()}
    assert set(pages) == {"for the board.html", "for the board-appendix.html"}
    for one_page in pages.values():
        across = [unquote(one) for one in one_page.every("a", "href") if not one.startswith(("#", "https:"))]
        assert across
        for name, _, anchor in (one.partition("#") for one in across):
            assert not anchor or anchor in {said.get("id") for _, said in pages[name].tags}


@pytest.mark.parametrize("name", ["html", "appendix"])
def test_page__can_be_heard_as_well_as_seen(made: Made, name: str) -> None:
    page = Page(getattr(made.report, name))
    assert page.every("html", "lang") == ["en"]
    assert page.every("img", "alt") or name == "appendix"
    assert all(len(alt) > 20 for alt in page.every("img", "alt"))
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(page.every("caption", "")) == len(page.every("table", ""))
    assert set(page.every("th", "scope")) == {"col", "row"}


def test_first_page__says_of_each_option_what_compare_says(made: Made) -> None:
    rows = pd.read_csv(made.folder / "compare" / "differences.csv").set_index(["scenario", "outcome"])
    first = made.report.html.partition('<section id="summary"')[2].partition("</section>")[0]
    for name, said in zip(OTHERS, made.report.summary, strict=True):
        row = {"outcome": "qpr", **rows.loc[(name, "qpr")].to_dict()}
        assert f": {in_words(row, 'points', 'the baseline')}; costs " in said
        title, _, says = said.partition(": ")
        assert f"<strong>{title}:</strong> {says}" in first
    words = re.sub(r"<[^>]+>", " ", first).split()
    assert len(words) <= 200
    assert first.count("<li>") == 3, "cautions"


def test_first_page__has_few_words_however_many_options_there_are() -> None:
    differences = pd.DataFrame([
        {"scenario": f"option-{k}", "outcome": "qpr", "difference": 0.5 + k, "mcse": 0.1, "lower": 0.1,
         "upper": 1.0 + k, "probability_better": 0.99}
        for k in range(MOST)
    ])  # fmt: skip
    scenarios = [small(), *(small(services__caseload=10 + k) for k in range(MOST))]
    named = [replace(one, name=f"option-{k - 1}") for k, one in enumerate(scenarios)]
    prices = {f"option-{k}": OptionPrice(1234.5, 10.0, 1000.0, 1500.0) for k in range(MOST)}
    answers = summary(differences, named, prices, True)
    assert sum(len(f"{one.title} {one.says}".split()) for one in answers) <= 130


@pytest.mark.parametrize(
    ("about", "values"),
    [
        ("all assumptions as set", {}),
        ("Weight of reciprocity", {"recover.reciprocity_weight": 0.0}),
        ("Weight of expertise", {"recover.expertise_weight": 0.0}),
        ("Trust active", {"mechanisms.trust": False}),
        ("Peer support workers: brings new ties", {"programmes.peer_support_workers.makes": []}),
    ],
)
def test_put_in__says_what_a_comparison_with_these_values_says(made: Made, about: str, values: dict[str, Any]) -> None:
    worlds = [small(name).with_values(values) for name in ("today", *OTHERS)]
    expected = compare(*worlds, replicates=2, workers=1).differences
    row = expected[(expected["scenario"] == OTHERS[0]) & (expected["outcome"] == "qpr")].iloc[0]
    rows = made.report.put_in
    assert rows is not None
    found = rows[(rows["scenario"] == OTHERS[0]) & rows["about"].str.startswith(about)].iloc[0]
    assert found["difference"] == row["difference"]
    assert (found["lower"], found["upper"]) == (row["lower_adjusted"], row["upper_adjusted"])


def test_put_in__tells_contents_of_programmes_only_of_who_offers_them(made: Made) -> None:
    rows = made.report.put_in
    assert rows is not None
    about = rows[rows["about"].str.startswith("Peer support workers")]
    assert set(about["scenario"]) == {"peer-workforce"}
    assert len(about) == 4
    off = rows[rows["changed"] == "switched off in every scenario"]
    assert len(off) == 7 * len(OTHERS)


def test_page__is_the_same_to_the_byte_for_the_same_seed(made: Made) -> None:
    again = report(made.folder, ledger=2, workers=1)
    assert again.html == made.report.html
    others = [report(made.folder, ledger=0, seed=seed).appendix for seed in (1, 2)]
    first, second = (html.partition('<section id="lives"')[2].partition("</section>")[0] for html in others)
    assert first != second


def test_missing_parts__are_said_with_the_command_that_makes_them(made: Made) -> None:
    expected = {"mechanisms", "sensitivity", "trials", "costs", "validation"}
    assert set(made.report.missing) == expected
    for command in made.report.missing.values():
        assert command.replace(str(made.folder), "DIR") in whole(made.report)
    assert str(made.folder) not in whole(made.report), "where results lie is nobody's business"
    assert report(made.folder, ledger=0).missing.keys() == expected | {"put-in"}


def test_titles__are_text_and_never_markup(copied: Path) -> None:
    path = copied / "compare" / "provenance.json"
    told = json.loads(path.read_text("utf-8"))
    told["titles"][1] = "<script>alert(1)</script> & {{ 7 * 7 }}"
    path.write_text(json.dumps(told), "utf-8")
    html = whole(report(copied, "<b>Why?</b>", ledger=0))
    assert "<script" not in html
    assert "<b>Why" not in html
    assert "{{ 7 * 7 }}" in html


def test_presets_without_patterns_of_their_own__are_labelled(tmp_path: Path) -> None:
    worlds = [small("today-affective"), small("today-affective", services__caseload=15)]
    write_comparison(compare(*worlds, replicates=2), tmp_path)
    assert "not calibrated" in report(tmp_path, ledger=0).html


def no_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def no_comparison(folder: Path) -> None:
    shutil.rmtree(folder / "compare")


def text_for_a_number(folder: Path) -> None:
    path = folder / "compare" / "differences.csv"
    rows = pd.read_csv(path).astype({"difference": object})
    rows.loc[3, "difference"] = "much"
    rows.to_csv(path, index=False)


def column_gone(folder: Path) -> None:
    path = folder / "compare" / "for_whom.csv"
    pd.read_csv(path).drop(columns="better").to_csv(path, index=False)


def cut_off(folder: Path) -> None:
    (folder / "compare" / "differences.csv").write_bytes(b"")


def not_json(folder: Path) -> None:
    (folder / "compare" / "provenance.json").write_text("{", "utf-8")


def unknown_number(folder: Path) -> None:
    path = folder / "compare" / "provenance.json"
    path.write_text(path.read_text("utf-8").replace('"bond.pull"', '"bond.pulls"'), "utf-8")


def no_names(folder: Path) -> None:
    (folder / "compare" / "provenance.json").write_text('{"command": "compare"}', "utf-8")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (no_folder, "there is no such folder"),
        (no_comparison, "there is no comparison to report"),
        (text_for_a_number, "something in the column difference that is not a number"),
        (column_gone, "no column better"),
        (cut_off, "differences.csv can't be read"),
        (not_json, "provenance.json is damaged, or was changed"),
        (no_names, "provenance.json is damaged, or was changed"),
        (unknown_number, "the provenance does not describe a scenario"),
    ],
)
def test_bad_input__is_told_and_nothing_is_written(
    spoil: Callable[[Path], None], says: str, copied: Path, supportnet: Supportnet
) -> None:
    spoil(copied)
    said = supportnet("report", str(copied), "--ledger", "0")
    assert said.code == 2
    assert says in said.err
    assert "remedy" in said.err
    assert "Traceback" not in said.err
    assert not (copied / "report.html").exists()


@pytest.mark.parametrize("ledger", [-1, 1])
def test_ledger__has_enough_replicates_for_an_interval(made: Made, ledger: int) -> None:
    with pytest.raises(UserInputError, match="ledger must be 0, or at least"):
        report(made.folder, ledger=ledger)


def test_seed__is_one_that_luck_can_start_from(made: Made) -> None:
    with pytest.raises(UserInputError, match="seed"):
        report(made.folder, ledger=0, seed=-1)


def test_out__is_the_name_of_a_file(copied: Path, supportnet: Supportnet) -> None:
    said = supportnet("report", str(copied), "--out", str(copied / "compare"))
    assert said.code == 2
    assert "is a folder" in said.err
    assert str(copied / "compare" / "report.html") in said.err


def test_what_is_broken__is_said_before_anything_is_lived(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    column_gone(copied)
    monkeypatch.setattr(page, "without_each", lambda *_, **__: pytest.fail("lived before it was read"))
    with pytest.raises(UserInputError, match="no column better"):
        report(copied, ledger=2)


def test_effects_on_single_people__are_told_as_spread_out_as_they_are(made: Made) -> None:
    rows = pd.read_csv(made.folder / "compare" / "for_whom.csv").query("group == 'everybody'").set_index("scenario")
    for name in OTHERS:
        cells = [qpr_points(rows.loc[name, quantile]) for quantile in ("p5", "p50", "p95")]
        cells += [f"{rows.loc[name, share]:.1%}" for share in ("better", "worse")]
        row = "\n".join(f"<td>{cell}</td>" for cell in cells)
        assert f'<th scope="row">everybody</th>\n{row}' in made.report.appendix


def test_limits__say_what_is_known_to_be_wrong_as_the_docs_do(made: Made) -> None:
    docs = " ".join((DOCS / "limits.md").read_text("utf-8").split())
    wrong = docs.partition("Above all: ")[2].partition(". Conclusions that depend")[0]
    limits = made.report.html.partition('<section id="limits"')[2].partition("</section>")[0]
    assert len(wrong) > 100
    assert wrong in " ".join(limits.split()).replace("People with", "people with")
    assert "docs/validation.md lists every pattern" in limits


def test_command__writes_the_page_beside_the_results_and_leaves_them(copied: Path, supportnet: Supportnet) -> None:
    before = {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()}
    said = supportnet("report", str(copied), "--ledger", "0", "--question", "Should we?", "--json").json
    assert said["question"] == "Should we?"
    assert said["ledger"] == []
    page = copied / "report.html"
    appendix = copied / "report-appendix.html"
    assert said["files"] == {one.name: str(one) for one in (page, appendix)}
    assert "<h1>Should we?</h1>" in page.read_text("utf-8")
    assert {
        path: path.read_bytes() for path in copied.rglob("*") if path.is_file() and path not in (page, appendix)
    } == before


def test_comparison_by_draws__is_lived_again_by_the_same_draws(tmp_path: Path) -> None:
    path = tmp_path / "posterior.parquet"
    write_draws(path, pd.DataFrame({"help.well_base": [0.2, 0.5]}), {"presets": ["psychosis"]})
    (tmp_path / "compare").mkdir()
    worlds = small(), small(services__caseload=15)
    found = compare(*worlds, replicates=4, posterior=read_draws(path))
    write_comparison(found, tmp_path / "compare")
    told = report(tmp_path, ledger=4, posterior=str(path))
    assert PARAMETERS_TOO.format("natural history") in told.html
    rows = found.differences.set_index("outcome")
    assert told.put_in is not None
    assert told.put_in["difference"].iloc[0] == rows.loc["qpr", "difference"]
    with pytest.raises(UserInputError, match="two draws"):
        report(tmp_path, ledger=2, posterior=str(path))
    without = report(tmp_path, ledger=4)
    assert {"put-in", "lives"} <= without.missing.keys()
    assert "a posterior that is not available" in whole(without)
    assert PARAMETERS_TOO.format("natural history") in without.html


def test_people_read_from_data__are_kept_with_their_comparison(tmp_path: Path) -> None:
    import_interviews(EXAMPLE, EXAMPLE / "mapping.toml", tmp_path / "mine")
    networks = str(tmp_path / "mine" / "networks.parquet")
    worlds = [small(population__networks=networks, services__caseload=caseload) for caseload in (25, 15)]
    (tmp_path / "q").mkdir()
    write_comparison(compare(*worlds, replicates=2), tmp_path / "q")
    shutil.rmtree(tmp_path / "mine")
    told = report(tmp_path / "q", ledger=0)
    assert "about networks read from data" in told.html
    assert "lives" in told.parts
