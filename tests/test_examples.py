"""The examples of the README and the tutorial run as they stand."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from supportnet.experiments.posterior.posterior import shipped_draws_path

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "tutorial.md")
NOTEBOOKS = ROOT / "docs" / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))


def blocks(page: Path, language: str) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [text for word, text in fenced if word == language]


@pytest.mark.parametrize("page", [pytest.param(PAGES[0], marks=pytest.mark.slow), PAGES[1]], ids=lambda page: page.name)
def test_python__in_the_page_runs(page: Path) -> None:
    found = blocks(page, "python")
    assert found
    for code in found:
        exec(compile(code, page.name, "exec"), {})


def commands(page: Path) -> list[str]:
    lines = "\n".join(blocks(page, "")).splitlines()
    return [line.split("  #")[0].strip() for line in lines if line.startswith("supportnet ")]


@pytest.mark.slow
def test_commands__of_the_tutorial_run_one_after_the_other(tmp_path: Path) -> None:
    page = ROOT / "docs" / "tutorial.md"
    (tmp_path / "caseload-15.toml").write_text(blocks(page, "toml")[0], encoding="utf-8")
    asked = commands(page)
    assert len(asked) >= 5
    for line in asked:
        run = [sys.executable, "-m", "supportnet.analysis.commands.main", *shlex.split(line)[1:]]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    first, again = tmp_path / "results" / "today", tmp_path / "results" / "today-again"
    assert (first / "outcomes.csv").read_bytes() == (again / "outcomes.csv").read_bytes()


@pytest.mark.slow
def test_the_notebook__runs_from_the_first_cell_to_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cells = json.loads((NOTEBOOKS / "study.ipynb").read_text("utf-8"))["cells"]
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    said = capsys.readouterr().out
    assert "480 runs: 480 computed, 0 failed" in said
    assert "960 runs: 480 computed; the others were there" in said
    assert (tmp_path / "notebook-figures" / "indices.png").is_file()


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(notebook.read_text("utf-8"))["cells"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("notebook", LESSONS, ids=lambda notebook: notebook.stem)
def test_a_lessons_notebook__runs_from_the_first_cell_to_the_last(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if notebook.stem == "08-reading-uncertainty" and shipped_draws_path() is None:
        pytest.skip("no posterior of this model is shipped")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: None)
    names: dict[str, object] = {}
    for cell in cells_of(notebook):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{notebook.stem} {cell['id']}", "exec"), names)


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda notebook: notebook.stem)
def test_a_notebook__keeps_what_came_out(notebook: Path) -> None:
    code = [cell for cell in cells_of(notebook) if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert {"error"}.isdisjoint(output["output_type"] for cell in code for output in cell["outputs"])


@pytest.mark.parametrize("notebook", LESSONS, ids=lambda notebook: notebook.stem)
def test_a_lessons_notebook__is_short(notebook: Path) -> None:
    cells = cells_of(notebook)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert 6 <= len(cells) <= 12
    outputs = [output for cell in code for output in cell["outputs"]]
    figures = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    assert sum(map(len, figures)) < 80_000, "written as text, a figure takes a third more than its 60 kB"
    assert "## Exercises" in "".join(cells[-1]["source"])
