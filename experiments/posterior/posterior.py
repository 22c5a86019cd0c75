"""The file of posterior draws: parameter values with their weights, and what they were fitted to."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel

from supportnet.experiments.execution.checked_files import UNREADABLE, unreadable
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.cards import card, counted
from supportnet.sim.errors import UserInputError
from supportnet.sim.model_identity import meanings, model_identity, recorded_parts
from supportnet.sim.parameters import Parameters, numbers, value
from supportnet.sim.provenance import is_intact, sealed
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.storage.atomic import write_whole

Doubles = NDArray[np.float64]
WEIGHT = "weight"
METADATA = b"supportnet_posterior"
SHIPPED = "posterior.parquet"
NAMED = {"trials": SHIPPED, "natural-history": "posterior-natural-history.parquet"}  # that ship, by what they know too
SHOWN = 3  # of many numbers that differ
MOST_DRAWS = 100_000
MOST_DIGESTS = 100

_digests: dict[bytes, str] = {}  # of draws, by the bytes of their numbers


class DrawsMetadata(BaseModel):
    """Provenance of a file of draws."""

    supportnet_posterior: Literal[1]
    presets: list[str]
    model: str = ""  # as model_identity; files of before there were such identities have none
    files: dict[str, str]  # the meaning of each file of the model
    set: dict[str, float]  # as numbers_set
    ranges: dict[str, tuple[float, float]]  # as ranges


@with_checked_arguments
@dataclass(frozen=True, repr=False)
class Posterior:
    """Posterior draws of the model's parameters: a calibration.

    Usually loaded; `run` and the others use the shipped one unless another is passed.

    Parameters
    ----------
    values : pandas.DataFrame
        One row per draw, one column per parameter by dotted name, such as `bond.trust_gain`; units and ranges as in
        docs/parameters.md.
    weights : numpy.ndarray
        (draws,), equal; they sum to 1.
    metadata : mapping
        Provenance: what the draws were fitted to and by which code.

    Examples
    --------
    >>> import supportnet as sn
    >>> posterior = sn.Posterior.load("posterior.parquet")
    >>> posterior.presets
    ['psychosis', 'affective', 'mixed']
    >>> posterior.values.shape == (len(posterior.weights), len(posterior.numbers_at(0)))
    True
    """

    values: pd.DataFrame  # one row a draw, one column a number, by dotted name
    weights: Doubles  # equal, and sum to 1
    metadata: Mapping[str, Any]  # provenance

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> "Posterior":
        """The draws in a file that `calibrate` wrote.

        Parameters
        ----------
        path : str or path-like, optional
            A posterior.parquet, or the name of a shipped one: `trials` (fitted to natural history and to randomised
            trials), which is meant if left out, or `natural-history` (to that alone).

        Returns
        -------
        Posterior
            The draws, equally probable.

        Raises
        ------
        UserInputError
            If there is no such file, or it is damaged, or of another version of the model.

        Examples
        --------
        >>> import supportnet as sn
        >>> sn.Posterior.load("posterior.parquet").scenario_at(0, sn.Scenario.load("today")).name
        'today'
        """
        return read_draws(path)

    def __repr__(self) -> str:
        draws, figures = counted(len(self.values), "draw"), counted(self.values.shape[1], "number")
        return f"<Posterior {self.identity}: {draws} of {figures}; {', '.join(self.presets)}>"

    def _repr_html_(self) -> str:
        """A card for notebooks: medians and 95 % intervals of the draws."""
        ends = self.values.quantile([0.025, 0.5, 0.975]).T
        rows = {name: f"{middle:.3g} ({low:.3g} to {high:.3g})" for name, low, middle, high in ends.itertuples()}
        return card("Posterior", repr(self)[1:-1], rows, "Medians, and 95 % intervals of the draws.")

    @property
    def fitted_to(self) -> str:
        """The kinds of evidence that the draws know, in words."""
        return "natural history and randomised trials" if self.metadata.get("evidence") else "natural history"

    @property
    def presets(self) -> list[str]:
        """Presets with patterns of their own to which the draws were fitted."""
        return list(self.metadata["presets"])

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the draws, 16 characters."""
        return draws_digest(self.values, self.weights)

    def numbers_at(self, draw: int) -> dict[str, float]:
        """The parameter values of a draw.

        Parameters
        ----------
        draw : int
            Row of `values`, from 0.

        Returns
        -------
        dict of str to float
            Values by dotted name.

        Examples
        --------
        >>> import supportnet as sn
        >>> 0 < sn.Posterior.load("posterior.parquet").numbers_at(0)["bond.trust_gain"] < 1
        True
        """
        return self._rows[draw]

    def scenario_at(self, draw: int, scenario: Scenario) -> Scenario:
        """A scenario under the numbers of a draw; numbers that the scenario sets itself stay as it sets them.

        Parameters
        ----------
        draw : int
            Row of `values`, from 0.
        scenario : Scenario
            Any scenario.

        Returns
        -------
        Scenario
            A new scenario under the same name.

        Examples
        --------
        >>> import supportnet as sn
        >>> posterior, today = sn.Posterior.load("posterior.parquet"), sn.Scenario.load("today")
        >>> posterior.scenario_at(1, today).parameters != posterior.scenario_at(0, today).parameters
        True
        """
        return under(self.numbers_at(draw), scenario)

    @cached_property
    def _rows(self) -> list[dict[str, float]]:
        return [dict(zip(self.values.columns, map(float, row), strict=True)) for row in self.values.to_numpy()]


def under(numbers: Mapping[str, float], scenario: Scenario) -> Scenario:
    """A scenario under these numbers, but for those that it sets itself."""
    own = fixed(scenario)
    return scenario.with_values({name: v for name, v in numbers.items() if name not in own})


def fixed(scenario: Scenario) -> list[str]:
    """Numbers that a scenario sets itself, be it to their usual values."""
    return sorted(scenario.content.get("parameters", {}))


def write_draws(
    path: Path, values: pd.DataFrame, metadata: Mapping[str, Any], weights: Sequence[float] | Doubles | None = None
) -> None:
    """Draws (equally probable ones, if there are no weights) with their provenance; the code and ranges that they hold
    for are added to it."""
    shares = np.full(len(values), 1.0 / len(values)) if weights is None else np.asarray(weights, np.float64)
    table = pd.concat([values.astype(float), pd.Series(shares, values.index, name=WEIGHT)], axis=1)
    about = sealed({**metadata, "supportnet_posterior": 1, **of_this_model()})
    found = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(
        {METADATA: json.dumps(about, ensure_ascii=False).encode()}
    )
    with write_whole(path) as file:
        pq.write_table(found, file, compression="zstd", write_page_checksum=True)


def shipped_draws_path(name: str = "trials") -> Path | None:
    """The shipped file of draws of this name, if there is one."""
    place = Path(str(files("supportnet.experiments").joinpath("evidence", NAMED[name])))
    return place if place.is_file() else None


def read_draws(path: str | os.PathLike[str] | None = None) -> Posterior:
    """The draws in a file, or shipped ones: those that know trials, or those of a name in NAMED. Raises UserInputError
    for any other file, or one of another model."""
    name = str(path or "trials")
    where = f"the shipped {NAMED[name]}" if name in NAMED else name
    place = shipped_draws_path(name) or Path(NAMED[name]) if name in NAMED else Path(name)
    try:
        table = draws_table(place)
        metadata = json.loads((table.schema.metadata or {})[METADATA])
        DrawsMetadata.model_validate(metadata)
        if not is_intact(metadata):
            raise ValueError("is damaged or was changed: its checksum differs")
        values = numeric(table.to_pandas())
        weights = values.pop(WEIGHT).to_numpy()
    except UserInputError:
        raise
    except (*UNREADABLE, pa.ArrowException) as error:
        raise UserInputError(
            "there is no posterior here", where=where, found=unreadable(error),
            expected="a posterior.parquet as `supportnet calibrate` wrote it",
            remedy="check the path, or run `supportnet calibrate`",
        ) from error  # fmt: skip
    if changed := model_changes(metadata):
        without = "leave `posterior` out" if path else 'give uncertainty="none"'
        raise UserInputError(
            "this posterior is of another version of the model", where=where, found="; ".join(changed),
            expected="the model to which it was fitted", remedy=f"calibrate again (docs/calibration.md), or {without}; "
            "in a checkout, after a refactoring that changes no number: commit, then `make same-model`",
        )  # fmt: skip
    if not (np.isfinite(weights).all() and (weights >= 0.0).all() and weights.sum() > 0.0):
        raise UserInputError(
            "the weights of the draws are not valid", where=where, found=f"from {weights.min():g} to {weights.max():g}",
            expected="numbers from 0 up, not all of them 0", remedy="calibrate again",
        )  # fmt: skip
    return Posterior(*equally_probable(values, weights / weights.sum()), metadata)


def draws_table(path: Path) -> pa.Table:
    """The table in a file of draws. Raises ValueError for anything but numbers, and for more than fit in memory, before
    they are read: a small file may hold very many."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        if file.metadata.num_rows > MOST_DRAWS or file.metadata.num_columns > len(numbers()) + 1:
            raise ValueError(f"more than {MOST_DRAWS:,} parameter draws")
        for column in file.schema_arrow:
            if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
                raise ValueError(f"text in the column {column.name}")
        return file.read()


def numeric(table: pd.DataFrame) -> pd.DataFrame:
    """The same table. Raises ValueError if it has no rows, or something other than parameters."""
    if table.empty:
        raise ValueError("no draws in it")
    known = numbers()
    for name, column in table.items():
        if name != WEIGHT and (name not in known or not np.isfinite(column).all()):
            raise ValueError(f"{name}: not a finite value of a parameter")
    return table


def equally_probable(values: pd.DataFrame, weights: Doubles) -> tuple[pd.DataFrame, Doubles]:
    """As many draws, resampled by their weights, with equal weights; equally weighted draws are unchanged.

    Systematic resampling (Kitagawa 1996, doi:10.1080/10618600.1996.10474692), then in random order, as the first draws
    are used first. Seeded by the draws themselves, so that a file always gives the same.
    """
    if np.allclose(weights, weights[0], rtol=1e-9, atol=0.0):
        return values, weights
    n, rng = len(values), np.random.default_rng(int(draws_digest(values, weights), 16))
    ends = weights.cumsum()
    chosen = np.searchsorted(ends / ends[-1], (np.arange(n) + rng.random()) / n, side="right")
    return values.iloc[rng.permutation(chosen)].reset_index(drop=True), np.full(n, 1.0 / n)


def draws_digest(values: pd.DataFrame, weights: Doubles) -> str:
    """SHA-256 of draws and weights, 16 characters.

    It is that of the draws as text, which takes long to write: the same draws are written once.
    """
    about = f"{[*values.columns]} {[*values.dtypes]} {values.shape}".encode()
    key = hashlib.sha256(about + values.to_numpy().tobytes() + weights.tobytes()).digest()
    if key not in _digests:
        if len(_digests) >= MOST_DIGESTS:
            _digests.clear()
        _digests[key] = hashlib.sha256(values.to_csv(index=False).encode() + weights.tobytes()).hexdigest()[:16]
    return _digests[key]


def model_changes(metadata: Mapping[str, Any]) -> list[str]:
    """What has changed in the model since a posterior was fitted, in words."""
    found, then, now = list[str](), metadata["files"], meanings("model")
    if metadata.get("model") != model_identity():
        if metadata.get("model") == (recorded := recorded_parts()["model"]).identity:
            then = {name: digests.meaning for name, digests in recorded.files.items()}  # proven to do the same
        files = {name for name, meaning in now.items() if meaning not in then.values()}
        files |= {name for name, meaning in then.items() if meaning not in now.values()}
        found.append(f"code: {', '.join(sorted(files)) if metadata.get('model') else 'of a version before'}")
    for what, before, after in (("value", metadata["set"], numbers_set()), ("range", metadata["ranges"], ranges())):
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        described = [
            f"{name} was {number_in_words(before.get(name))}, is {number_in_words(after.get(name))}"
            for name in names[:SHOWN]
        ]
        if names:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            found.append(f"{what} of {'; '.join(described)}{more}")
    return found


def number_in_words(number: float | Sequence[float] | None) -> str:
    """A value or a range, or that there is none."""
    if number is None:
        return "not there"
    return f"{number:g}" if isinstance(number, int | float) else " to ".join(f"{end:g}" for end in number)


def of_this_model() -> dict[str, Any]:
    """The identity and parameters of the present model, as recorded in a file of draws."""
    return {"model": model_identity(), "files": meanings("model"), "set": numbers_set(), "ranges": ranges()}


def numbers_set() -> dict[str, float]:
    """The default of every parameter."""
    return {name: value(Parameters(), name) for name in numbers()}


def ranges() -> dict[str, list[float]]:
    """The range of every parameter."""
    return {name: [about.low, about.high] for name, about in numbers().items()}
