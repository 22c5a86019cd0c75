"""A report as users hold it."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from supportnet.analysis.report.result_index import UnreadableResult
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.cards import card
from supportnet.sim.storage.atomic import write_whole

NAME, APPENDIX = "report.html", "report-appendix.html"


def appendix_beside(goal: Path) -> Path:
    """Where the appendix of a page goes."""
    return goal.with_name(f"{goal.stem}-appendix{goal.suffix}")


@with_checked_arguments
@dataclass(repr=False)
class Report:
    """One self-contained page of everything in a folder of results.

    Made by `report`.

    Parameters
    ----------
    html : str
        The page; it needs no network and no scripts.
    appendix : str
        The page beside it: scenarios as files, details, checklists.
    question : str
        What it answers.
    summary : list of str
        Its sentences in short.
    parts : list of str
        Sections that it has.
    missing : dict of str to str
        Sections that it lacks, with the command that would make each.
    left_out : list of LeftOut
        Results that can't be read, and why.
    put_in : pandas.DataFrame or None
        What results depend on: the comparison under other assumptions, one at a time.

    Examples
    --------
    >>> import supportnet as sn, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> what_if = sn.compare("today", "befriending", replicates=2, patients=20, weeks=4, uncertainty="none")
    >>> page = sn.report(what_if.save(folder), "Should we befriend?", ledger=0)
    >>> page
    <Report: Should we befriend?; 10 parts, 6 missing>
    """

    html: str
    appendix: str
    question: str
    summary: list[str]
    parts: list[str]
    missing: dict[str, str]  # section -> the command that would make it
    left_out: list[UnreadableResult]  # results that can't be read
    put_in: pd.DataFrame | None = field(repr=False)

    def __repr__(self) -> str:
        return f"<Report: {self.question}; {len(self.parts)} parts, {len(self.missing)} missing>"

    def _repr_html_(self) -> str:
        """A card for notebooks: its summary, and what it lacks."""
        return card(self.question, f"{len(self.parts)} parts", self.missing, " ".join(self.summary))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, and its appendix beside it (`report-appendix.html` beside `report.html`).

        Parameters
        ----------
        path : str or path-like
            The file, such as report.html; one that is there is replaced.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        UserInputError
            Where the disk does not allow it.
        """
        goal = Path(path)
        for place, content in files_of_report(self, goal):
            with write_whole(place) as file:
                file.write(content)
        return goal

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values: what the command prints with `--json`, without the file.

        Returns
        -------
        dict
            Text, numbers, lists and dictionaries.
        """
        rows = [] if self.put_in is None else self.put_in.to_dict("records")
        return {
            "question": self.question, "summary": self.summary, "parts": self.parts, "missing": self.missing,
            "left_out": [one._asdict() for one in self.left_out], "ledger": rows,
        }  # fmt: skip


def files_of_report(made: Report, goal: Path) -> list[tuple[Path, bytes]]:
    """Files and their contents where the page is this file: the appendix first, so that no page lacks it."""
    beside = appendix_beside(goal)
    named = ((beside, made.appendix, NAME, goal.name), (goal, made.html, APPENDIX, beside.name))
    return [(place, html.replace(f'href="{old}', f'href="{quote(new)}').encode()) for place, html, old, new in named]
