"""Runs notebooks and keeps what comes out: `python -m tools.notebooks docs/notebooks/study.ipynb`."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient


def execute(path: Path) -> None:
    """Runs a notebook in an empty folder, where the files that it writes are lost."""
    os.environ["PYTHONWARNINGS"] = "ignore"  # those of libraries name folders of this computer
    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as folder:
        NotebookClient(notebook, resources={"metadata": {"path": folder}}, record_timing=False).execute()
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        execute(Path(name))
