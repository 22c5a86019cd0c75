"""Titles, names and ids from somebody else: no formulas in tables, nothing that acts on a terminal, no false lines."""

from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from supportnet.analysis.commands.output import Output
from supportnet.analysis.explorer.take_home import outcomes_csv
from supportnet.analysis.files.writing import read_csv, without_formulas, write_csv
from supportnet.analysis.outputs.comparison import write_comparison
from supportnet.analysis.report.page import report
from supportnet.analysis.sensitivity.study_results import read_results
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.sweep import sweep_study
from supportnet.sim.errors import ACTING, UserInputError, escaped
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet
from tests.ensembles import compare
from tests.small import VALUES, small
from tests.studies import BODY, HEAD, study

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''=1", "a;=1", "a,=1", "a\n=1", "=", "-", "\uff1d1", "a;\uff201",
]  # fmt: skip
TEXTS = ["", "a=b", "x - 1", "'tis", "1-2", "'", "– 3", "normal, -1 to 3", "ü"]
ACTS = "\x1b]0;pwned\x07\x1b[2J\x9b1m\u202edlrow\u2066\x7f\r"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_in_a_table__is_text(text: str, tmp_path: Path) -> None:
    written = pd.DataFrame({"a": [text], text: pd.Categorical([text])}, pd.Index([text], name="i"))
    write_csv(written, tmp_path / "t.csv", index=True)
    cells = pd.read_csv(tmp_path / "t.csv").reset_index()
    for cell in [*cells.iloc[0][1:], *cells.columns[3:]]:
        for part in str(cell).replace("\n", ";").replace(",", ";").split(";"):
            assert part[:1] not in {*"=+-@\t\uff1d\uff0b\uff0d\uff20"}, cell
    assert read_csv(tmp_path / "t.csv").iloc[0].tolist() == [text] * 3


def test_numbers_and_other_texts__stay_as_they_are(tmp_path: Path) -> None:
    written = pd.DataFrame({"text": TEXTS, "number": np.linspace(-1.5, 1, len(TEXTS)), "flag": [True] * len(TEXTS)})
    write_csv(written, tmp_path / "t.csv")
    written.to_csv(tmp_path / "plain.csv", index=False, lineterminator="\n")
    assert (tmp_path / "t.csv").read_bytes() == (tmp_path / "plain.csv").read_bytes()
    assert b"\n,-1.5,True\n" in (tmp_path / "t.csv").read_bytes()
    pd.testing.assert_frame_equal(read_csv(tmp_path / "t.csv"), written.replace("", np.nan))


def test_a_carriage_return__starts_no_row() -> None:
    assert without_formulas(pd.DataFrame({"a": ["x\r=1"]}))["a"].tolist() == ["x\n'=1"]


def test_a_scenario_that_is_called_like_a_formula__goes_through_tables_and_into_the_report(tmp_path: Path) -> None:
    (tmp_path / "=1+1.toml").write_text('based_on = "today"\n[services]\ncaseload = 15\n')
    found = compare(small(), Scenario.load(tmp_path / "=1+1.toml", VALUES), replicates=2)
    (tmp_path / "q").mkdir()
    write_comparison(found, tmp_path / "q")
    for path in (tmp_path / "q").glob("*.csv"):
        assert ",=1+1" not in (text := "\n" + path.read_text("utf-8")), path
        assert "\n=1+1" not in text, path
    html = report(tmp_path / "q", ledger=0).html
    assert "=1+1" in html
    assert "&#39;=1+1" not in html


def test_tables_of_a_sweep_and_of_the_classroom__have_no_formulas(tmp_path: Path) -> None:
    (tmp_path / "=x.toml").write_text('based_on = "today"\n')
    sweep_study(study(tmp_path, BODY, f'scenarios = ["=x.toml"]\n{HEAD}'), tmp_path / "out", engine_of("threads", 1))
    read_results(tmp_path / "out", [], ["qpr"], None).write_csv(tmp_path / "runs.csv")
    text = (tmp_path / "runs.csv").read_text("utf-8")
    assert ",'=x," in text
    assert ",=x" not in text
    rows = pd.DataFrame({"scenario": ["=x"], "value": [-1.5]})
    worlds: Any = SimpleNamespace(compared=lambda *_: SimpleNamespace(worlds=[SimpleNamespace(outcomes=rows)]))
    asked: Any = None
    assert outcomes_csv(worlds, asked, Event()) == b"scenario,value\n'=x,-1.5\n"


def test_what_acts_on_a_terminal__is_written_out() -> None:
    assert escaped("a\x1b[2J\u202eb\tc\nd ü – 名") == "a\\x1b[2J\\u202eb\tc\nd ü – 名"
    assert not ACTING.search(escaped("".join(map(chr, range(0x3000))) + "\ud800"))


def test_a_mistake__has_nothing_that_acts__and_no_lines_of_its_own() -> None:
    told = UserInputError(
        f"what{ACTS}", where=f"x\n  remedy: pwned{ACTS}", found=ACTS, expected=ACTS, remedy=f"mend\n{ACTS}"
    )
    assert not ACTING.search(str(told))
    assert [line.strip().partition(":")[0] for line in str(told).splitlines()] == [
        "x   remedy",
        "found",
        "expected",
        "remedy",
    ]
    assert len(str(UserInputError("x" * 10**6, found="y" * 10**6))) < 5000


def test_tables_and_remarks__have_nothing_that_acts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    from rich.table import Table

    from supportnet.analysis.commands.table_layout import empty_table

    tell = Output(False, False)
    tell.note(f"note {ACTS}")
    tell.warn(f"warn {ACTS}")
    shown: Table = empty_table(f"title {ACTS}", f"name {ACTS}", (f"number {ACTS}",), f"word {ACTS}")
    shown.add_row(f"cell {ACTS}", "1", "x")
    tell.show(shown)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - typer's exit
        tell.conclude([(f"run {ACTS}", ValueError(ACTS))])
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert not ACTING.search(text), repr(text)
    assert all(word in said.out for word in ("note", "title", "name", "number", "word", "cell", "\\x1b]0;"))


@pytest.mark.parametrize("command", [("run", "--patients", "12", "--weeks", "2", "--replicates", "2"), ("scenarios",)])
def test_a_title_from_somebody_else__does_not_act_on_the_terminal(
    command: tuple[str, ...], supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supportnet.analysis.wording.caveats.calibrated", lambda scenario: True)
    signs = "".join(f"\\u{ord(sign):04x}" for sign in ACTS)
    Path("mine.toml").write_text(f'based_on = "today"\ntitle = "A{signs}B \u202e"\nassumes = "{signs}"\n', "utf-8")
    more = ("--uncertainty", "none") if command[0] == "run" else ()
    said = supportnet(command[0], "mine.toml", *command[1:], *more)
    assert said.code == 0, said.err
    assert not ACTING.search(said.out + said.err), repr(said.out[:500])


def test_a_file_name_from_somebody_else__does_not_act_on_the_terminal(supportnet: Supportnet) -> None:
    Path("a\x1b[2J\u202e\n.toml").write_text('based_on = "today"\n', "utf-8")
    for name in ("a\x1b[2J\u202e\n.toml", "nowhere\x1b[2J.toml"):
        said = supportnet("run", name)
        assert said.code == 2
        assert not ACTING.search(said.out + said.err)
