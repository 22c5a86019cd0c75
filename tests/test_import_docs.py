"""Every example of docs/import.md, in the order in which a reader would try them."""

import contextlib
import io
import re
import shlex
import shutil
from pathlib import Path

import pytest

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.drafting import draft_mapping
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.network_file.reader import read_networks
from supportnet.sim.scenario.scenario import Scenario

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def told_by(command: str) -> str:
    """What `supportnet import SRC --mapping FILE --out DIR` tells the reader, or what is in the draft of a mapping."""
    program, verb, source, *options = shlex.split(command)
    if options[0] == "--draft":
        return draft_mapping(Path(source), Path(options[1])).text
    assert (program, verb, options[::2]) == ("supportnet", "import", ["--mapping", "--out"])
    try:
        return import_interviews(Path(source), Path(options[1]), Path(options[3])).text()
    except UserInputError as mistake:
        return f"{mistake}\n"


def test_page__tells_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "sim" / "examples", tmp_path / "sim" / "examples")
    monkeypatch.chdir(tmp_path)
    told, commands, compared = "", 0, 0
    for kind, name, content in BLOCK.findall(PAGE):
        if kind == "sh":
            told = told_by(content)
            commands += 1
        elif kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(content, {})
            told = printed.getvalue()
        elif kind == "text":
            assert told.startswith(content.removesuffix("…\n")) if content.endswith("…\n") else told == content
            compared += 1
        elif name.startswith("same-as:"):
            assert content == (ROOT / name.removeprefix("same-as:")).read_text(encoding="utf-8")
        else:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(content, encoding="utf-8", newline="\n")
    assert (commands, compared) == (9, 9)
    assert len(read_networks("imported-ties/networks.parquet").patients) == 2
    networks = Scenario.load("mine.toml").networks
    assert networks is not None
    assert len(read_networks(networks).supporters) == 3


def test_page__leaves_no_example_out() -> None:
    fences = [line for line in PAGE.splitlines() if line.startswith("```") and line != "```"]
    assert len(fences) == len(BLOCK.findall(PAGE))
    assert PAGE.count("\n```\n") == len(fences) + 2  # the first block shows only the shape of the command
