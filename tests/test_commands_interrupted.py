"""Commands interrupted at different moments: what they say of what is kept, and what is there."""

import contextlib
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

import supportnet as sn
from supportnet.analysis.commands.output import Output
from tests.command_line import SMALL, Said, Supportnet
from tests.questions import question_at
from tests.small import PATIENTS, WEEKS
from tests.studies import BODY, study_at

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
EXAMPLE = str(Path(__file__).parents[1] / "sim" / "examples" / "network-canvas")
NOTHING = "Interrupted: nothing was written.\n"
GOES_ON = "Interrupted: finished work is saved in out; the same command continues it.\n"
PATTERNS = 'measure = "patterns"\nreplicates = 1\npool = 100\npeople = 100\n[design]\nn = 4\n[factors."bond.pull"]\n'


def interrupt(*about: Any) -> None:
    signal.raise_signal(signal.SIGINT)


def tree() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals are others on Windows")
@pytest.mark.parametrize(
    "words",
    [
        ("run", "today", *SMALL),
        ("run", "today", *SMALL, "--json", "--quiet"),
        ("compare", "today", "befriending", *SMALL),
        ("explain", "today", "befriending", *SMALL),
        ("trial", "befriending", "--replicates", "4"),
        ("validate", "--replicates", "4"),
        ("optimise", "--budget", "10"),
        ("decide", "question.toml"),
        ("study", "check", "mine.toml"),
    ],
    ids=" ".join,
)
def test_interrupted_when_work_begins__nothing_is_written(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    study_at(Path())
    question_at(Path())
    before = tree()
    monkeypatch.setattr(Output, "progress", lambda *about: contextlib.nullcontext(interrupt()))
    said = supportnet(*words)
    assert (said.code, said.err) == (130, NOTHING)
    assert tree() == before


@pytest.mark.parametrize(
    "words", [("sweep", "mine.toml"), ("sensitivity", "mine.toml", "--n", "64"), ("calibrate", "fit.toml")]
)
def test_interrupted_before_the_first_run__what_is_said_is_so(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Whether the plan was written by then."""
    study_at(Path())
    Path("fit.toml").write_text(PATTERNS, "utf-8")
    with monkeypatch.context() as before:
        before.setattr(Output, "progress", lambda *about: contextlib.nullcontext(interrupt()))
        assert supportnet(*words, "--out", "out") == Said(130, "", NOTHING)
    assert not Path("out").exists()
    monkeypatch.setattr("supportnet.experiments.runs.sweep.Work.batches", interrupt)
    assert supportnet(*words, "--out", "out").err == GOES_ON
    assert list(Path("out").rglob("design.parquet"))


def test_a_calibration_interrupted_between_its_parts__goes_on(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("fit.toml").write_text(PATTERNS, "utf-8")
    monkeypatch.setattr("supportnet.experiments.calibration.iterate.train_emulators", interrupt)
    words = ("calibrate", "fit.toml", "--out", "out", "--rounds", "1", "--workers", "2")
    assert supportnet(*words)[::2] == (130, GOES_ON)
    again = supportnet(*words)
    assert (again.code, again.err) == (130, GOES_ON)
    assert "0 computed, 4 reused" in again.out


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a comparison, made once."""
    folder = tmp_path_factory.mktemp("made") / "compared"
    one = sn.compare("today", "befriending", patients=PATIENTS, weeks=WEEKS, replicates=4, workers=2)
    return one.save(folder)


@pytest.fixture
def compared(supportnet: Supportnet, comparison: Path) -> str:
    """Its copy in the folder that commands are called from."""
    return shutil.copytree(comparison, "compared")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("run", "today", *SMALL, "--out", "out"), "out"),
        (("economics", "compared", "--out", "out"), "out"),
        (("report", "compared", "--ledger", "0"), "compared/report.html"),
        (("import", EXAMPLE, "--out", "out"), "out"),
    ],
)
def test_interrupted_when_all_is_written__says_that_it_is_complete(
    supportnet: Supportnet, compared: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], place: str
) -> None:
    monkeypatch.setattr(Output, "answer", interrupt)
    said = supportnet(*words)
    assert (said.code, said.err) == (130, f"Interrupted: the results in {place} are complete.\n")
    assert Path(place).exists()


def test_a_sweep_interrupted_when_all_is_done__and_its_results_too(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    study_at(Path(), BODY)
    with monkeypatch.context() as here:
        here.setattr(Output, "answer", interrupt)
        assert supportnet("sweep", "mine.toml", "--out", "out").err == GOES_ON
    assert "Nothing is missing" in supportnet("sweep", "mine.toml", "--out", "out").out
    with monkeypatch.context() as here:
        here.setattr(Output, "answer", interrupt)
        said = supportnet("results", "out", "--csv", "runs.csv")
    assert said.err == "Interrupted: the results in runs.csv are complete.\n"
    whole = Path("runs.csv").read_bytes()
    monkeypatch.setattr("supportnet.analysis.sensitivity.study_results.without_formulas", interrupt)
    said = supportnet("results", "out", "--csv", "runs.csv")
    assert (said.code, said.err) == (130, NOTHING)
    assert Path("runs.csv").read_bytes() == whole
    assert not [path for path in Path().iterdir() if path.name.startswith(".")]


def test_files_that_are_moved_into_place__come_all_of_them(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted while results replace earlier ones."""
    assert supportnet("run", "today", *SMALL, "--out", "out").code == 0
    before = tree()
    from supportnet.analysis.files import result_folder

    move = result_folder.move_up
    monkeypatch.setattr(result_folder, "move_up", lambda *of, **about: (interrupt(), move(*of, **about)))
    said = supportnet("run", "today", *SMALL, "--seed", "5", "--out", "out")
    assert (said.code, said.err) == (130, "Interrupted: the results in out are complete.\n")
    assert tree() == before
    assert '"seed": 5' in Path("out/provenance.json").read_text("utf-8")
