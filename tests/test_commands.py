"""The command line as people and scripts meet it."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer

from supportnet.analysis.commands import terminal_tables
from supportnet.analysis.commands.output import Output
from supportnet.analysis.wording.caveats import NOT_FITTED
from supportnet.analysis.wording.formatting import HEADLINES, coarser, cost_ratio, given, interval, number
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.provenance import sealed
from tests.command_line import AS_SET, SMALL, Said, Supportnet, files_of, process
from tests.draws import few_draws, ship_few_draws
from tests.small import PATIENTS, WEEKS
from tests.test_recording import PEOPLE, TIES

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
COMMANDS = (
    "run", "compare", "explain", "trial", "scenarios", "schema", "import", "sweep", "results", "sensitivity",
    "calibrate", "validate", "economics", "optimise", "decide", "report", "list",
)  # fmt: skip
FIRST_START = ("Compiling the model", "Simulating the fifty years")  # said where nothing is kept yet
RUN_FILES = {"outcomes.csv", "outcomes.parquet", "trajectories.parquet", "figure.png", "figure.svg", "provenance.json"}


@pytest.mark.parametrize("command", COMMANDS)
def test_help__has_two_worked_examples_at_least(supportnet: Supportnet, command: str) -> None:
    said = supportnet(command, "--help")
    assert said.code == 0
    assert "Examples:" in said.out
    assert said.out.count(f"supportnet {command}") >= 2


def test_version__is_that_of_the_distribution(supportnet: Supportnet) -> None:
    assert supportnet("--version") == Said(0, f"supportnet {version('supportnet')}\n", "")


def test_help__leaves_strangers_alone(tmp_path: Path) -> None:
    """Help comes without loading what only a run needs."""
    heavy = ("numba", "pandas", "matplotlib", "scipy", "pydantic", "pyarrow", "mesa", "rich")
    check = f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    said = process("--help", folder=tmp_path, before=f"import atexit, sys\natexit.register(lambda: {check})")
    assert said.code == 0
    assert all(command in said.out for command in COMMANDS)
    strangers = said.err.strip().splitlines()[-1]
    assert strangers in ("[]", "['pydantic']"), strangers  # typer itself loads pydantic


def test_run__writes_its_files_and_shows_a_table(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ship_few_draws(monkeypatch, tmp_path_factory.mktemp("shipped"))
    said = supportnet("run", "today", *SMALL)
    assert said.code == 0
    assert [line for line in said.err.splitlines() if not line.startswith(FIRST_START)] == []
    folders = list(Path("results").iterdir())
    assert len(folders) == 1
    assert set(files_of(folders[0])) == RUN_FILES
    assert folders[0].name.startswith("run-today-")
    assert str(folders[0]) in said.out
    assert "plausible versions of the model (draws of the posterior fitted to natural history), Monte Carlo" in said.out
    assert said.out.startswith("Personal recovery (QPR): ")
    assert said.out.splitlines()[1].startswith("Cost: ")
    assert [name for name in OUTCOMES if f"\n{name} " in said.out] == [name for name in OUTCOMES if name in HEADLINES]
    full = supportnet("run", "today", *SMALL, "--full").out
    assert all(f"\n{outcome}" in full for outcome in OUTCOMES)
    again = supportnet("run", "--from", str(folders[0]), "--outcome", "hope", "--out", "again").out
    assert [name for name in OUTCOMES if f"\n{name} " in again] == ["hope"]


def test_runs_json__has_the_keys_of_the_interface(supportnet: Supportnet) -> None:
    found = supportnet("run", "today", *SMALL, "--json").json
    assert {"scenario", "seed", "replicates", "patients", "weeks", "run_identity", "outcomes", "files"} <= set(found)
    assert (found["scenario"], found["seed"], found["replicates"]) == ("today", 1, 3)
    assert (found["patients"], found["weeks"]) == (PATIENTS, WEEKS)
    assert set(found["outcomes"]) == set(OUTCOMES)
    for outcome, estimate in found["outcomes"].items():
        assert {"mean", "mcse", "lower", "upper", "unit"} <= set(estimate)
        assert estimate["unit"] == OUTCOMES[outcome].unit
    assert found["outcomes"]["dropout"]["mean"] is None
    assert found["outcomes"]["recovery"]["lower"] < found["outcomes"]["recovery"]["mean"]
    assert set(found["files"]) == RUN_FILES
    assert all(Path(path).is_file() for path in found["files"].values())
    assert found["run_identity"][:8] in found["files"]["outcomes.csv"]


@pytest.mark.usefixtures("figures_drawn")
def test_the_same_run_again__writes_the_same_bytes_of_every_file(supportnet: Supportnet) -> None:
    options = (
        "--record",
        "people",
        "--record",
        "ties",
        "--every",
        "13",
        "--seed",
        "4",
        "--set",
        "services.caseload=20",
    )
    assert supportnet("run", "open-dialogue", *SMALL, *options, "--out", "one").code == 0
    assert supportnet("run", "--from", "one/provenance.json", "--workers", "1", "--out", "two").code == 0
    assert supportnet("run", "--from", "two", "--workers", "3", "--out", "three").code == 0
    one, two, three = (files_of(Path(name)) for name in ("one", "two", "three"))
    assert set(one) == RUN_FILES | {"people.parquet", "ties.parquet", "supporter_ties.parquet", "agreement.csv"}
    assert one == two == three


@pytest.mark.usefixtures("figures_drawn")
def test_a_scenario_of_ones_own__runs_again_without_its_files(supportnet: Supportnet) -> None:
    """Title, programme, calendar and interviews are all in the folder of the run."""
    example = Path(__file__).parents[1] / "sim" / "examples" / "network-canvas"
    assert supportnet("import", str(example), "--out", "imported").code == 0
    Path("mine.toml").write_text(
        'based_on = "today"\ntitle = "A \\"title\\" – [/b] $x"\nassumes = "line one\\nline two"\n'
        '[population]\nnetworks = "imported/networks.parquet"\n'
        "[programmes.befriending]\ncoverage = 0.5\n"
        '[programmes.walking]\nuses = { friend = 1 }\nmakes = ["friend"]\ndelivered_by = "friend"\nresources = []\n'
        'reciprocity = "reciprocal"\nexpert = "not_stated"\nsessions_per_week = 1\nweeks = 10\ncoverage = 0.5\n'
        '[[calendar]]\nweek = 10\nset = { "services.caseload" = 12 }\ntarget = "few_ties"\n',
        encoding="utf-8",
    )
    options = ("--weeks", "20", "--replicates", "2", "--record", "ties")
    assert supportnet("run", "mine.toml", *options, "--out", "one").code == 0
    assert {"alter_ties.parquet", "supporter_ties.parquet"} <= set(files_of(Path("one")))
    Path("mine.toml").unlink()
    Path("imported/networks.parquet").unlink()
    assert supportnet("run", "--from", "one", "--out", "two").code == 0
    assert files_of(Path("one")) == files_of(Path("two"))
    assert json.loads(Path("two/provenance.json").read_text("utf-8"))["title"] == 'A "title" – [/b] $x'
    Path("one/networks.parquet").write_bytes(b"no")
    assert supportnet("run", "--from", "one").code == 2


def changed(path: Path, **of: dict[str, object]) -> dict[str, object]:
    """A provenance in which other values stand in these of its tables."""
    told = json.loads(path.read_text("utf-8"))
    for name, values in of.items():
        told[name] |= values
    path.write_text(json.dumps(sealed(told)), "utf-8")
    return dict(told)


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_provenance_of_another_version__is_run_only_where_that_is_allowed(
    supportnet: Supportnet, quiet: tuple[str, ...]
) -> None:
    supportnet("run", "today", *SMALL, "--out", "one")
    told = changed(Path("one/provenance.json"), versions={"numpy": "1.0.0"})
    said = supportnet("run", "--from", "one", "--out", "two", "--json", *quiet)
    assert (said.code, said.out, Path("two").exists()) == (2, "", False)
    assert "numpy: 1.0.0 then" in said.err
    allowed = supportnet("run", "--from", "one", "--out", "two", "--json", *quiet, "--allow-other-version")
    assert allowed.code == 0
    assert "numpy: 1.0.0 then" in allowed.err
    assert allowed.json["run_identity"] == told["run_identity"]


def test_provenance_of_another_machine__is_run__and_that_is_said(supportnet: Supportnet) -> None:
    supportnet("run", "today", *SMALL, "--out", "one")
    changed(Path("one/provenance.json"), machine={"c_library": "another 1"})
    said = supportnet("run", "--from", "one", "--out", "two", "--quiet")
    assert (said.code, said.out) == (0, "")
    assert "c library: another 1 then" in said.err


def test_provenance_that_was_changed__is_refused_whatever_is_allowed(supportnet: Supportnet) -> None:
    supportnet("run", "today", *SMALL, "--out", "one")
    changed(Path("one/provenance.json"), scenario={"weeks": 27})
    said = supportnet("run", "--from", "one", "--allow-other-version", "--quiet")
    assert said.code == 2
    assert "was changed since it was written" in said.err


def test_workers_and_names__change_neither_identity_nor_results(supportnet: Supportnet) -> None:
    Path("copy.toml").write_text('based_on = "today"\ntitle = "A copy"\n')
    one, copy = (supportnet("run", name, *SMALL, "--json").json for name in ("today", "copy.toml"))
    alone = supportnet("run", "today", *SMALL[:-1], "1", "--json").json
    assert one["run_identity"] == copy["run_identity"] == alone["run_identity"]
    assert one["outcomes"] == copy["outcomes"] == alone["outcomes"]


def test_recorded_files__have_the_columns_of_the_interface(supportnet: Supportnet) -> None:
    said = supportnet("run", "today", *SMALL, "--record", "people", "--record", "ties", "--out", "one")
    assert said.code == 0
    people, ties = (pd.read_parquet(f"one/{name}.parquet") for name in ("people", "ties"))
    assert list(people) == PEOPLE
    assert list(ties)[: len(TIES)] == TIES
    assert set(people["week"]) == {WEEKS}
    assert sorted(people["replicate"].unique()) == [0, 1, 2]
    assert people.dtypes["programmes"] == ties.dtypes["role"] == pd.Series(["text"]).dtype
    agreement = pd.read_csv("one/agreement.csv")
    assert len(agreement) == 12
    outcomes, trajectories = (pd.read_parquet(f"one/{name}.parquet") for name in ("outcomes", "trajectories"))
    assert list(outcomes) == ["scenario", "replicate", "outcome", "value"]
    assert list(trajectories) == ["scenario", "replicate", "week", "outcome", "value"]
    np.testing.assert_allclose(pd.read_csv("one/outcomes.csv")["value"], outcomes["value"])


def test_json__is_all_that_stands_on_standard_output(tmp_path: Path) -> None:
    draws = few_draws(tmp_path)
    said = process("run", "today-affective", *SMALL, "--posterior", str(draws), "--json", folder=tmp_path)
    assert said.code == 0
    assert said.json["scenario"] == "today-affective"
    assert "plausible versions of the model (draws of the posterior fitted to natural history), Monte Carlo" in said.err


def test_quiet__says_nothing__and_with_json_the_object_only(supportnet: Supportnet) -> None:
    assert supportnet("run", "today-affective", *SMALL, "--quiet") == Said(0, "", "")
    assert len(list(Path("results").iterdir())) == 1
    said = supportnet("compare", "today", "today-affective", *SMALL, "--json", "--quiet")
    assert said.err == ""
    assert said.json["baseline"] == "today"


def test_what_is_not_calibrated__is_called_so(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ship_few_draws(monkeypatch, tmp_path)
    assert "not calibrated" in supportnet("run", "today-affective", *SMALL, *AS_SET).out
    assert "not calibrated" in supportnet("compare", "today", "today-affective", *SMALL, *AS_SET).out
    assert NOT_FITTED in supportnet("run", "today", *SMALL, *AS_SET).out
    assert "not calibrated" in supportnet("run", "today", *SMALL, "--set", "parameters.bond.trust_gain=0.2").out
    assert "not calibrated" not in supportnet("run", "today-affective", *SMALL).out
    assert "not calibrated" not in supportnet("scenarios").out


def test_import__reports_and_says_what_comes_next(supportnet: Supportnet) -> None:
    example = str(Path(__file__).parents[1] / "sim" / "examples" / "network-canvas")
    said = supportnet("import", example, "--out", "imported")
    assert "Read 6 people and 41 ties" in said.out
    assert "imported/networks.parquet" in said.out
    found = supportnet("import", example, "--json").json
    assert found["people"] == 6
    assert all(Path(path).is_file() for path in found["files"].values())


def test_import__drafts_a_mapping_and_never_overwrites_one(supportnet: Supportnet) -> None:
    example = str(Path(__file__).parents[1] / "sim" / "examples" / "network-canvas")
    assert supportnet("import", example, "--draft", "m.toml", "--json").json["export"] == "Network Canvas"
    assert "Read 6 people and 41 ties" in supportnet("import", example, "--mapping", "m.toml", "--out", "imported").out
    assert "is there already" in supportnet("import", example, "--draft", "m.toml").err
    both = supportnet("import", example, "--draft", "n.toml", "--mapping", "m.toml").err
    assert "cannot be combined with other options" in both


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "todya"], "did you mean 'today'"),
        (["run"], "which scenario"),
        (["run", "today", "--set", "services.caselod=3"], "did you mean 'caseload'"),
        (["run", "today", "--set", "services.caseload=-3"], "a number from 1 to 1,000 (people per post)"),
        (["run", "today", "--set", "caseload"], "--set must be NAME=VALUE"),
        (["run", "today", "--set", "weeks=3", "--weeks", "4"], "--set sets weeks a second time"),
        (["run", "today", "--patients", "0"], "from 1 to 1,000,000"),
        (["run", "today", "--patients", "many"], "--patients"),
        (["run", "today", "--replicates", "0"], "--replicates must be at least 1 (got 0)"),
        (["run", "today", "--workers", "0"], "--workers must be a whole number"),
        (["run", "today", "--seed", "-1"], "--seed must be a whole number"),
        (["run", "today", "--record", "poeple"], "did you mean 'people'"),
        (["run", "today", "--record", "ties", "--every", "-1"], "--every must be a whole number"),
        (["run", "today", "--out", "taken"], "results can't be written"),
        (["run", "--from", "nowhere"], "cannot be read"),
        (["run", "--from", "taken"], "is not JSON"),
        (["run", "today", "--from", "taken"], "--from already sets everything"),
        (["run", "--from", "taken", "--seed", "1"], "--from already sets everything"),
        (["run", "today", "--allow-other-version"], "--allow-other-version: nothing was run before"),
        (["run", "today", "--ptients", "3"], "--patients"),
        (["rum"], "run"),
        (["compare", "today"], "OTHER"),
        (["compare", "today", "todya"], "did you mean 'today'"),
        (["compare", "today", "short.toml"], "differ in length"),
        (["scenarios", "tody"], "did you mean 'today'"),
        (["schema", "scenari"], "did you mean 'scenario'"),
        (["import", "nowhere"], "mapping"),
        (["run", "itself.toml"], "based on itself"),
        (["run", "empty.toml"], "empty"),
        (["run", "latin.toml"], "UTF-8"),
    ],
)
def test_mistakes__are_told_in_words_with_exit_code_2__and_nothing_is_written(
    supportnet: Supportnet, words: list[str], says: str
) -> None:
    Path("taken").write_text("a file")
    Path("short.toml").write_text('based_on = "today"\nweeks = 10\n')
    Path("itself.toml").write_text('based_on = "itself.toml"\n')
    Path("empty.toml").write_text("")
    Path("latin.toml").write_bytes('title = "é"'.encode("latin-1"))
    before = sorted(Path().iterdir())
    said = supportnet(*words)
    assert said.code == 2
    assert says in said.err
    assert said.out == ""
    assert "Traceback" not in said.err
    assert sorted(Path().iterdir()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are POSIX's")
def test_a_disk_that_is_full__is_a_mistake__and_nothing_is_written(tmp_path: Path) -> None:
    """A real limit on the size of files, set once everything that is kept on disk is there."""
    warm = (
        "import resource, sys\n"
        "from supportnet import run\n"
        f"run('today', 1, patients={PATIENTS}, weeks={WEEKS}, uncertainty='none')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
    )
    said = process("run", "today", *SMALL, folder=tmp_path, before=warm)
    assert said.code == 2, said.err
    assert "results can't be written (File too large)" in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_runs_cut_short__say_what_never_happens(supportnet: Supportnet, tmp_path: Path) -> None:
    sizes = "--patients", "20", "--weeks", "30", "--replicates", "10"
    said = supportnet("run", "hiring-freeze", *sizes, "--posterior", str(few_draws(tmp_path)), "--json")
    assert said.json["cautions"] == [
        "hiring-freeze is cut short at 30 weeks, so part of it never happens: "
        "a change in week 39; a change in week 65; a change in week 91"
    ]


def test_every_without_record__is_a_mistake(supportnet: Supportnet) -> None:
    said = supportnet("run", "today", *SMALL, "--every", "4")
    assert said.code == 2
    assert said.err.startswith("--every is given, but nothing is recorded")


def test_runs_that_failed__are_told__and_the_command_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    tell = Output(as_json=False, quiet=True)
    tell.conclude([])
    with pytest.raises(typer.Exit) as end:
        tell.conclude([("replicate 3", MemoryError("no room"))])
    assert end.value.exit_code == 3
    assert "replicate 3 failed: MemoryError('no room')" in capsys.readouterr().err


def test_numbers__are_written_with_as_many_decimals_as_their_error_allows() -> None:
    assert number(39.6231, 0.069) == "39.623"
    assert number(135279.4, 3755.0) == "135,279"
    assert number(0.66037, 0.0000001) == "0.6604"
    assert number(0.0, 0.0) == "0"
    assert number(float("nan"), 0.1) == "–"
    assert number(12.3456) == "12.35"
    assert interval(-0.5, 1.25, 0.4) == "-0.50 to 1.25"
    assert number(1732.71, coarser(0.4, -841.04, 4306.46)) == "1,733", "as its interval allows"
    row = {"difference": 0.1502, "mcse": 0.012, "lower": -0.332, "upper": 0.576}
    assert terminal_tables.estimate_columns(row, "difference") == ("0.15", "0.012", "-0.33 to 0.58")
    assert coarser(0.4, 1.0, 1.5) == 0.4
    assert coarser(0.4, float("nan"), float("nan")) == 0.4
    assert cost_ratio(992.4, 137.2) == "992 ± 137"
    for value, error in ((154_979.0, 2_929_231.0), (float("nan"), 1.0), (5.0, float("nan"))):
        assert cost_ratio(value, error) == "too imprecise to report"
    assert [given(value) for value in (770.0, 1155.0, 0.5, 38.5, 0.0, 12_000.0)] == [
        "770", "1,155", "0.5", "38.5", "0", "12,000"
    ]  # fmt: skip
    assert interval(float("nan"), float("nan"), float("nan")) == "–"
