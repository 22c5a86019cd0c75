"""What many tests are given."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Said, Supportnet


@pytest.fixture
def supportnet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Supportnet:
    """The command line, called from an empty folder."""
    monkeypatch.chdir(tmp_path)

    from analysis.commands.main import main  # heavy for tests that do not call it

    def call(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["supportnet", *words])
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return Said(int(code), out, err)

    return call
