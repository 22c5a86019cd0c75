"""What results have in common: one-line and notebook representations, tables, figures and files."""

import base64
import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from supportnet.analysis.files.result_folder import written_together
from supportnet.analysis.wording.formatting import difference_digits, interval, number
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.errors import UserInputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CARD_WIDTH, DOTS = 620, 100  # pixels of the figure in a card, and of an inch of it


@with_checked_arguments
class Result(ABC):
    """A result of a command."""

    command: ClassVar[str]  # that makes it
    card_height: ClassVar[float] = 2.6  # inches of the figure in a card

    def __init_subclass__(cls) -> None:
        with_checked_arguments(cls)

    @property
    @abstractmethod
    def title(self) -> str:
        """Title in plain words."""

    @property
    @abstractmethod
    def size(self) -> str:
        """Size of the simulation: replicates, people, weeks, seed."""

    @property
    @abstractmethod
    def interval(self) -> str:
        """What the intervals contain."""

    @property
    @abstractmethod
    def cautions(self) -> list[str]:
        """Cautions that apply to these results."""

    @property
    def sentence(self) -> str:
        """The answer in one plain sentence, where there is one."""
        return ""

    @abstractmethod
    def headline(self) -> pd.DataFrame:
        """The headline results.

        Returns
        -------
        pandas.DataFrame
            At most fifteen rows of text, with as many decimals as the Monte Carlo error allows.
        """

    @abstractmethod
    def summary(self) -> pd.DataFrame:
        """The estimates with their intervals.

        Returns
        -------
        pandas.DataFrame
            One row an estimate, with its Monte Carlo standard error (mcse) and 95 % interval (lower, upper).
        """

    @abstractmethod
    def to_dataframe(self) -> pd.DataFrame:
        """All numbers as one tidy table.

        Returns
        -------
        pandas.DataFrame
            One row per number, with the scenario, outcome or other labels it belongs to.
        """

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The result as plain values: what the command prints with `--json`, without the files.

        Returns
        -------
        dict
            Text, numbers, lists and dictionaries.
        """

    @abstractmethod
    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """The figure that the command writes.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw the main panel on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """

    @abstractmethod
    def write(self, folder: Path) -> list[str]:
        """Write the files of the command into an empty folder.

        Parameters
        ----------
        folder : pathlib.Path
            The folder, which is there.

        Returns
        -------
        list of str
            Names of the files.
        """

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write the files of the command: all of them, or none.

        Parameters
        ----------
        folder : str or path-like
            Folder to write to; created if missing. An earlier result of the same command is replaced.

        Returns
        -------
        pathlib.Path
            The folder.

        Raises
        ------
        UserInputError
            If another command has written there, or the files can't be written.
        """
        with written_together(Path(folder), self.command) as hidden:
            self.write(hidden)
        return Path(folder)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.title}; {self.size}>"

    def _repr_html_(self) -> str:
        """A card for notebooks."""
        cautions = "".join(f"<br>Caution: {escape(one)}." for one in self.cautions)
        sentence = f"<p>{escape(self.sentence)}</p>" if self.sentence else ""
        table = self.headline().to_html(border=0, justify="right")
        return (
            f"<div><strong>{escape(self.title)}</strong><br>{escape(self.size)}{sentence}"
            f"<p><small>{escape(self.interval)}.{cautions}</small></p>"
            f"<details open><summary>Headline outcomes</summary>{table}</details>"
            f'<img alt="{escape(self.title, quote=True)}" style="max-width:{CARD_WIDTH}px;width:100%" '
            f'src="data:image/png;base64,{base64.b64encode(self._small_figure()).decode()}"></div>'
        )

    def _small_figure(self) -> bytes:
        """The main panel as PNG, in a size for a card."""
        from supportnet.analysis.figures.style import empty_page, house_style  # slow to load

        file = io.BytesIO()
        with house_style():
            figure = empty_page(self.card_height, CARD_WIDTH / DOTS)
            figure.set_layout_engine("constrained")
            self.plot(figure.subplots())
            figure.savefig(file, format="png", dpi=2 * DOTS, metadata={"Software": None})
        return file.getvalue()


class ResultByName(Result):
    """A result of which `[...]` takes one thing out by its name."""

    @abstractmethod
    def keys(self) -> list[Any]:
        """What `[...]` takes.

        Returns
        -------
        list
            Names; pairs of them where two are needed.
        """

    @abstractmethod
    def __getitem__(self, name: Any) -> Any:
        """What goes by a name. Raises UserInputError for a name that is none."""

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __contains__(self, name: object) -> bool:
        """Whether `[...]` takes it."""
        try:
            self[name]
        except UserInputError:
            return False
        return True


def estimate_in_words(row: Mapping[Any, Any], name: str) -> dict[str, str]:
    """An estimate, its Monte Carlo error and its interval, with as many decimals as the error has."""
    error, ends = row["mcse"], (row["lower"], row["upper"])
    digits = difference_digits(row["outcome"] if name == "difference" else "", error, *ends)
    return {name: number(row[name], digits), "± mcse": number(error, error), "95 % interval": interval(*ends, digits)}
