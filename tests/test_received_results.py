"""A folder of results from somebody else: it runs nothing, and takes nothing of this computer into what is sent on."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pandas as pd
import pytest

from supportnet.analysis.outputs.comparison import write_comparison
from supportnet.analysis.outputs.run import RunFiles
from supportnet.analysis.outputs.sensitivity import earlier_files
from supportnet.analysis.report.page import environment, report
from supportnet.experiments.calibration.store import array_digest, fitted, store_in
from supportnet.experiments.execution.checked_files import bytes_of, read_json
from supportnet.experiments.execution.store import packed_results
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.manifest import MANIFEST, STUDY, study_kept
from supportnet.experiments.runs.run_store import RunReader
from supportnet.experiments.runs.sweep import PARTS, sweep_study
from supportnet.experiments.study.design import points
from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.provenance import read_provenance, sealed
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet
from tests.ensembles import compare, run
from tests.small import small
from tests.studies import HEAD, study

EXAMPLE = Path(__file__).parents[1] / "sim" / "examples" / "network-canvas"
SECRET = "nobody-may-know-this"
LISTED = '[design]\nkind = "list"\nfile = "points.csv"\n'


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison, a run and a sweep, from files in a folder whose name nobody may know."""
    home = tmp_path_factory.mktemp(SECRET)
    import_interviews(EXAMPLE, EXAMPLE / "mapping.toml", home)
    (home / "own.toml").write_text(
        f'based_on = "today"\nweeks = 8\nservices.caseload = 15\n[population]\nnetworks = "{home}/networks.parquet"\n'
    )
    own, folder = Scenario.load(home / "own.toml"), home / "results"
    (folder / "compare").mkdir(parents=True)
    write_comparison(compare(small(), small(services__caseload=15), replicates=4), folder / "compare")
    (folder / "run").mkdir()
    with RunFiles(folder / "run", own) as files:
        files.finish(run(own, replicates=2))
    (home / "points.csv").write_text("services.caseload\n10\n20\n")
    head = HEAD.replace("}", ', "population.networks" = "networks.parquet" }').replace("12", "5")
    here = os.getcwd()
    os.chdir(home)
    try:
        sweep_study(study(home, LISTED, f'scenarios = ["own.toml"]\n{head}'), folder / "sweep", engine_of("threads", 1))
    finally:
        os.chdir(here)
    return folder


@pytest.fixture
def copied(results: Path, tmp_path: Path) -> Path:
    shutil.copytree(results, tmp_path / "received")
    (tmp_path / SECRET).write_text(SECRET)
    return tmp_path / "received"


LINKS = [
    (("report", "received", "--ledger", "0"), "compare/figure.svg"),
    (("report", "received", "--ledger", "0"), "compare/differences.csv"),
    (("report", "received", "--ledger", "0"), "compare/provenance.json"),
    (("economics", "received/compare", "--out", "out"), "compare/outcomes.parquet"),
    (("economics", "received/compare", "--out", "out"), "compare/provenance.json"),
    (("results", "received/sweep", "--csv", "out.csv"), f"sweep/{MANIFEST}"),
    (("results", "received/sweep", "--csv", "out.csv"), f"sweep/{STUDY}"),
    (("results", "received/sweep", "--csv", "out.csv"), "sweep/design.csv"),
    (("results", "received/sweep", "--csv", "out.csv"), "sweep/design.parquet"),
    (("results", "received/sweep", "--csv", "out.csv"), "sweep/networks-0.parquet"),
    (("sensitivity", "received/sweep", "--method", "delta"), f"sweep/{MANIFEST}"),
    (("run", "--from", "received/run", "--out", "out"), "run/networks.parquet"),
]


@pytest.mark.parametrize(("words", "link"), LINKS, ids=[f"{words[0]} {link}" for words, link in LINKS])
def test_a_link_that_leads_out_of_the_folder__is_refused(
    words: tuple[str, ...], link: str, copied: Path, supportnet: Supportnet
) -> None:
    (copied / link).unlink()
    (copied / link).symlink_to(copied.parent / SECRET)
    said = supportnet(*words)
    assert said.code == 2
    assert "is a link to a place outside the folder" in said.err, said.err
    assert sorted(path.name for path in copied.parent.iterdir()) == sorted([SECRET, "received"])
    assert not (copied / "report.html").exists()


def test_a_result_that_is_a_link_out_of_the_folder__is_left_out_of_a_report(copied: Path) -> None:
    (copied / "run" / "provenance.json").unlink()
    (copied / "run" / "provenance.json").symlink_to(copied.parent / SECRET)
    made = report(copied, ledger=0)
    assert made.left_out == [("", "run", "is a link to a place outside the folder")]
    assert SECRET not in made.html


def test_links_within_a_folder__are_followed(copied: Path) -> None:
    (copied / "figures").mkdir()
    (copied / "compare" / "figure.svg").rename(copied / "figures" / "figure.svg")
    (copied / "compare" / "figure.svg").symlink_to(Path("..", "figures", "figure.svg"))
    assert "data:image/svg+xml" in report(copied, ledger=0).html


def test_a_sweep__writes_into_no_folder_that_a_link_leads_to(copied: Path) -> None:
    (copied / "sweep" / PARTS).rename(copied.parent / "elsewhere")
    (copied / "sweep" / PARTS).symlink_to(copied.parent / "elsewhere")
    with pytest.raises(UserInputError, match="is a link to another folder"):
        sweep_study(study_kept(copied / "sweep"), copied / "sweep", engine_of("threads", 1))


def test_a_part_that_is_a_link_out__is_passed_over(copied: Path) -> None:
    there = study_kept(copied / "sweep")
    (part,) = (copied / "sweep" / PARTS).iterdir()
    part.rename(copied.parent / "elsewhere.parquet")
    part.symlink_to(copied.parent / "elsewhere.parquet")
    shelf = RunReader(copied / "sweep" / PARTS, there.columns)
    assert shelf.parts == []
    assert "outside the folder" in shelf.foreign[part]


def test_a_pipe_in_a_folder__is_not_waited_for(copied: Path) -> None:
    (copied / "compare" / "figure.svg").unlink()
    os.mkfifo(copied / "compare" / "figure.svg")
    with pytest.raises(UserInputError, match="is not a file"):
        report(copied, ledger=0)


@pytest.mark.parametrize("reader", [read_provenance, read_json, bytes_of])
def test_a_pipe_in_the_place_of_a_file__is_not_waited_for(tmp_path: Path, reader: Callable[[Path], object]) -> None:
    pipe = tmp_path / "provenance.json"
    os.mkfifo(pipe)
    Thread(target=pipe.write_bytes, args=[b"{}"], daemon=True).start()  # whoever waits gets something else to say
    with pytest.raises((UserInputError, OSError), match="it is not a file"):
        reader(pipe)


def test_what_calibrate_keeps__lies_in_no_folder_that_a_link_leads_to(tmp_path: Path) -> None:
    here = store_in(tmp_path / "here")._folder
    for linked in (here, here.parent):
        linked.parent.mkdir(parents=True, exist_ok=True)
        linked.symlink_to(tmp_path)
        with pytest.raises(UserInputError, match="is a link to another folder"):
            store_in(tmp_path / "here")
        linked.unlink()
        shutil.rmtree(tmp_path / "here")


def test_a_pipe_among_what_calibrate_keeps__is_not_waited_for(tmp_path: Path) -> None:
    pipe = store_in(tmp_path)._folder / "0.arrays"
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    forged = packed_results({array_digest([1.0]): [np.array([2.0])]})
    Thread(target=pipe.write_bytes, args=[forged], daemon=True).start()
    found = fitted(store_in(tmp_path), [1.0], lambda: [np.array([1.0])], lambda found: found, list)
    assert found == [np.array([1.0])]


def test_the_list_of_files_of_an_analysis__names_none_elsewhere(tmp_path: Path) -> None:
    """`sensitivity` takes away what an earlier analysis has left there."""
    (tmp_path / "here").mkdir()
    for name in ("dear.csv", "here/notes.txt", "here/indices.csv"):
        (tmp_path / name).write_text("")
    names = ["../dear.csv", str(tmp_path / "dear.csv"), "notes.txt", "indices.csv", ".", "here"]
    (tmp_path / "here" / "provenance.json").write_text(json.dumps({"files": names}))
    assert earlier_files(tmp_path / "here") == {"indices.csv"}
    for told in ({"files": [{}]}, {"files": 7}, [], 7):
        (tmp_path / "here" / "provenance.json").write_text(json.dumps(told))
        assert earlier_files(tmp_path / "here") == set()


@pytest.mark.parametrize("name", ["../../x", "/x", "a\\b", "x\x1b[2J", "x\n", "\u202ex", "x" * 201])
def test_a_name_of_a_scenario__is_no_path_and_can_be_seen(name: str, copied: Path) -> None:
    changed(copied / "sweep" / MANIFEST, lambda told: told["scenarios"][0].update(name=name))
    with pytest.raises(UserInputError, match="cannot be the name of a scenario"):
        study_kept(copied / "sweep")


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """With a checksum that fits: whoever changes a file on purpose can work it out."""
    told = json.loads(path.read_text("utf-8"))
    change(told)
    path.write_text(json.dumps(sealed(told)), "utf-8")


def test_a_manifest__leads_to_no_file_elsewhere(copied: Path) -> None:
    path = copied / "sweep" / MANIFEST
    changed(path, lambda told: told["file"]["design"].update(file=str(copied.parent / SECRET)))
    changed(path, lambda told: told["file"].update(scenarios=[str(copied.parent / SECRET)]))
    changed(path, lambda told: told["scenarios"][0]["canonical"]["population"].update(networks="/etc/passwd"))
    there = study_kept(copied / "sweep")
    assert points(there)["services.caseload"].tolist() == [10, 20]
    assert there.scenarios[0].networks == copied / "sweep" / "networks-0.parquet"


def test_pictures_in_a_report__can_do_nothing(copied: Path) -> None:
    """A picture in an <img> runs no scripts and fetches nothing; the page itself is not allowed to either."""
    (copied / "compare" / "figure.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="http://example.org/x.png"/></svg>'
    )
    html = report(copied, ledger=0).html
    for word in ("<svg", "<script", "example.org", "<object", "<iframe"):
        assert word not in html
    assert html.count('<img src="data:image/svg+xml;base64,') == 1
    assert "default-src 'none'; img-src data:" in html.partition("<title>")[0]


def test_a_picture_in_a_report__is_not_endless(copied: Path) -> None:
    with (copied / "compare" / "figure.svg").open("wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(UserInputError, match="is too large"):
        report(copied, ledger=0)


def test_templates_of_the_report__escape_whatever_comes_from_data() -> None:
    assert environment().autoescape is True
    shown = environment().from_string("{{ said }}").render(said="<b>\x1b\u202e{{ 7 * 7 }}")
    assert shown == "&lt;b&gt;\\x1b\\u202e{{ 7 * 7 }}"


def test_commands_in_a_report__are_safe_to_be_pasted(copied: Path) -> None:
    def rename(told: dict[str, Any]) -> None:
        told["names"][1] = "x; touch pwned"

    changed(copied / "compare" / "provenance.json", rename)
    for table in ("differences.csv", "ranking.csv", "for_whom.csv", "harmed.csv"):
        path = copied / "compare" / table
        rows = pd.read_csv(path)
        rows.loc[rows["scenario"] != "today", "scenario"] = "x; touch pwned"
        rows.to_csv(path, index=False)
    html = report(copied, ledger=0).html
    assert "explain today &#39;x; touch pwned&#39; --outcome" in html


def test_nothing_that_is_sent_on__tells_where_files_lie(results: Path) -> None:
    """But for a study, which is kept as it was written."""
    page = report(results, ledger=0).html
    assert SECRET not in page
    looked = 0
    for path in results.rglob("*"):
        if path.is_file():
            looked += 1
            assert SECRET.encode() not in path.read_bytes(), path
    assert looked > 15
    told = json.loads((results / "sweep" / MANIFEST).read_text("utf-8"))
    assert told["file"]["scenarios"] == ["own"]
    assert told["file"]["design"]["file"] == "design.csv"
    assert points(study_kept(results / "sweep"))["services.caseload"].tolist() == [10, 20]


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (("results", "received/sweep"), f"sweep/{MANIFEST}"),
        (("report", "received", "--ledger", "0"), "compare/provenance.json"),
        (("economics", "received/compare"), "compare/provenance.json"),
        (("run", "--from", "received/run"), "run/provenance.json"),
    ],
)
def test_json_that_is_nested_without_end__is_a_mistake(
    words: tuple[str, ...], file: str, copied: Path, supportnet: Supportnet
) -> None:
    (copied / file).write_text("[" * 100_000, "utf-8")
    said = supportnet(*words)
    assert said.code == 2
    assert "Traceback" not in said.err


def test_values_of_a_trial__do_not_tell_where_a_network_file_lies() -> None:
    from supportnet.experiments.trials.plan import as_set

    networks = f'"/home/{SECRET}/n.parquet"'
    given: dict[str, object] = {"population.patients": 20, "population.networks": networks, "weeks": 9}
    assert as_set(given) == ["population.networks=n.parquet", "weeks=9"]
