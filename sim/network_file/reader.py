"""Reading a network file for a scenario: every row is checked, and what a scenario could not use is a
UserInputError."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.enums import Condition, Role
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.network_file.format import (
    NEEDED,
    PAIR,
    PAIR_WEIGHT,
    PERSON_FIELDS,
    TIE_FIELDS,
    WORDS,
    About,
    alter_ties_beside,
)
from supportnet.sim.state import MOST_TIES

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True)
class Networks:
    """Ego networks of n people with T ties, in the order of the file. NaN, and -1 for condition: not given."""

    patients: tuple[str, ...]  # (n,) ids
    condition: NDArray[np.int8]  # (n,) enums.Condition
    distress: NDArray[np.float64]  # (n,) 0-1
    withdrawal: NDArray[np.float64]  # (n,) 0-1
    recovery: NDArray[np.float64]  # (n,) 0-1
    age: NDArray[np.float64]  # (n,) years; a note
    weight: NDArray[np.float64]  # (n,) above 0: how many people this one stands for; 1 where nothing is given
    supporters: tuple[str, ...]  # (T,) ids
    patient: NDArray[np.int64]  # (T,) row of the person in `patients`
    role: NDArray[np.int8]  # (T,) enums.Role
    strength: NDArray[np.float64]  # (T,) 0-1
    trust: NDArray[np.float64]  # (T,) 0-1
    reciprocity: NDArray[np.float64]  # (T,) 0-1
    expertise: NDArray[np.float64]  # (T,) 0-1
    friction: NDArray[np.float64]  # (T,) 0-1
    contacts_per_week: NDArray[np.float64]  # (T,) 0-100
    knows: NDArray[np.uint64]  # (T,) bit k: this supporter knows that of the person's k-th tie
    knows_given: NDArray[np.bool_]  # (T,) whether data say so; else who knows whom is drawn
    source: dict[str, str]  # what the import wrote about where the data came from; empty in a file made by hand


@with_checked_arguments
def read_networks(path: str | os.PathLike[str]) -> Networks:
    """Ego networks from a network file, every row checked; ties among supporters from `alter_ties.parquet` beside it.

    `supportnet import` writes such a file from Network Canvas, egor or CSV files; pandas can too. docs/import.md lists
    its columns with units and ranges.

    Parameters
    ----------
    path : str or path-like
        A Parquet file: one row a tie, and one row for each person without ties.

    Returns
    -------
    Networks
        The networks as arrays, in the order of the file. Of shape (n,): `patients` (ids) and what is known about each
        person. Of shape (T,), for each tie: `patient` (row of the person), `role`, `strength`, `trust`, `reciprocity`,
        `expertise` and `friction` (0 to 1), and `contacts_per_week` (0 to 100). NaN, or -1 in `condition`: not given.

    Raises
    ------
    UserInputError
        Where there is no such file, or a row in it that a scenario could not use.

    Examples
    --------
    >>> import pandas as pd
    >>> import supportnet as sn
    >>> ties = {"patient": ["a", "a", "b"], "supporter": ["ann", "bob", "cy"], "role": ["family", "friend", "peer"]}
    >>> pd.DataFrame(ties | {"strength": [0.9, 0.6, 0.4]}).to_parquet("mine.parquet")
    >>> networks = sn.read_networks("mine.parquet")
    >>> networks.patients, networks.patient, networks.strength
    (('a', 'b'), array([0, 0, 1]), array([0.9, 0.6, 0.4]))
    """
    path = Path(path)
    frame, about = _read_parquet(path)
    _check_columns(frame, path, NEEDED, ("condition", *TIE_FIELDS, *PERSON_FIELDS))
    if frame.empty:
        what, expected = "nobody is in this network file", "at least one row"
        raise UserInputError(
            what, where=str(path), found="no rows", expected=expected, remedy="import the networks again"
        )
    for name in WORDS & set(frame.columns):
        frame[name] = _texts(frame[name], path)
    for name, number in (TIE_FIELDS | PERSON_FIELDS).items():
        if name in frame.columns:
            frame[name] = _numbers(frame[name], number, path)
    frame = frame.reindex(columns=[*NEEDED, *TIE_FIELDS, "condition", *PERSON_FIELDS])
    _check_ids(frame, path)
    ties = frame[frame["supporter"].notna()]
    _check_sizes(ties, path)
    people = _one_row_a_person(frame, path)
    row = {patient: i for i, patient in enumerate(people["patient"])}
    knows, knows_given = read_acquaintances(alter_ties_beside(path), ties.reset_index(drop=True))
    return Networks(
        patients=tuple(people["patient"]),
        condition=_codes(people["condition"], Condition.words(), path),
        supporters=tuple(ties["supporter"]),
        patient=ties["patient"].map(row).to_numpy(np.int64),
        role=_codes(ties["role"], Role.words(), path),
        knows=knows,
        knows_given=knows_given,
        source=about,
        **{name: people[name].to_numpy(np.float64) for name in PERSON_FIELDS if name != "weight"},
        weight=people["weight"].fillna(1.0).to_numpy(np.float64),
        **{name: ties[name].to_numpy(np.float64) for name in TIE_FIELDS},
    )


def read_acquaintances(path: Path, ties: pd.DataFrame) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """(T,) which other supporters of the person each supporter knows, as bits in the order of the person's ties, and
    whether that is given: not where there is no such file, or where the person was not asked. Raises UserInputError for
    a pair that is none."""
    knows = np.zeros(len(ties), np.uint64)
    if not path.is_file():
        return knows, np.zeros(len(ties), np.bool_)
    frame, _ = _read_parquet(path)
    _check_columns(frame, path, ("patient", *PAIR), ("weight",))
    pairs, not_asked = _pairs(frame, ties, path)
    slots = ties.groupby("patient", sort=False).cumcount()
    place = {pair: at for at, pair in enumerate(zip(ties["patient"], ties["supporter"], strict=True))}
    for patient, one, other in pairs[["patient", *PAIR]].itertuples(index=False):
        a, b = place[patient, one], place[patient, other]
        knows[a] |= np.uint64(1 << int(slots.iloc[b]))
        knows[b] |= np.uint64(1 << int(slots.iloc[a]))
    return knows, ~ties["patient"].isin(not_asked).to_numpy(np.bool_)


def _pairs(frame: pd.DataFrame, ties: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """The rows of supporters who know each other, and the people who were not asked. Both ends of a row are supporters
    of the person, two of them, and no other row contradicts it."""
    import pandas as pd

    for name in ("patient", *PAIR):
        frame[name] = _texts(frame[name], path)
    frame["weight"] = _numbers(frame["weight"], PAIR_WEIGHT, path) if "weight" in frame.columns else np.nan
    alone = frame[[*PAIR]].isna().all(axis=1)
    nobody = alone & ~frame["patient"].isin(ties["patient"])
    _refuse("not a person with supporters", frame["patient"], nobody, path, "a person with supporters")
    again = alone & frame.duplicated("patient", keep=False)
    _refuse("an empty row of somebody with ties among supporters, or twice", frame["patient"], again, path, "one")
    pairs = frame[~alone]
    tied = pd.MultiIndex.from_frame(ties[["patient", "supporter"]])
    for end in PAIR:
        stranger = ~pd.MultiIndex.from_frame(pairs[["patient", end]]).isin(tied)
        _refuse("not a supporter of this person", pairs[end], pd.Series(stranger, pairs.index), path, "a supporter")
    one, other = pairs[PAIR[0]], pairs[PAIR[1]]
    _refuse("a supporter and themselves", other, one == other, path, "two supporters of one person")
    pair = one.where(one < other, other) + "\0" + other.where(one < other, one)
    rows = pd.DataFrame({"patient": pairs["patient"], "pair": pair, "weight": pairs["weight"]}).drop_duplicates()
    again = rows.duplicated(["patient", "pair"]).reindex(pairs.index, fill_value=False)
    _refuse("one pair twice with different weights", other, again, path, "the same weight, or one row")
    return pairs[pairs["weight"] != 0], frame["patient"][alone]


def _check_sizes(ties: pd.DataFrame, path: Path) -> None:
    """Who of more supporters than this knows whom has no room."""
    beyond = ties.groupby("patient", sort=False).cumcount() >= MOST_TIES
    _refuse(f"more than {MOST_TIES} supporters of one person", ties["supporter"], beyond, path, f"at most {MOST_TIES}")


def _read_parquet(path: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    """Every column as Python objects, None where nothing is given, and what the file says about itself."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        what, remedy = "no such network file", "check the path; `supportnet import` writes such a file"
        raise UserInputError(what, where=str(path), found=str(path), expected="a Parquet file", remedy=remedy)
    try:
        table = pq.ParquetFile(path, page_checksum_verification=True).read()
        columns = {name: pd.Series(table[i].to_pylist(), dtype=object) for i, name in enumerate(table.column_names)}
        kept = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    except (OSError, ValueError, pa.ArrowException) as error:
        remedy = "give the networks.parquet that `supportnet import` wrote"
        what, found = "not a Parquet file that can be read", str(error)[:100]
        raise UserInputError(what, where=str(path), found=found, expected="a Parquet file", remedy=remedy) from error
    if len(columns) < table.num_columns:
        what, names = "two columns have the same name", sorted(table.column_names)
        raise UserInputError(what, where=str(path), found=names, expected="each name once", remedy="remove one of them")
    return pd.DataFrame(columns), {key: value for key, value in kept.items() if key.startswith("supportnet")}


def _check_columns(frame: pd.DataFrame, path: Path, needed: tuple[str, ...], others: tuple[str, ...]) -> None:
    """A UserInputError about a column that is neither needed nor one of the others, or a needed one that is missing."""
    known = {*needed, *others}
    for name in frame.columns:
        if name not in known:
            expected, remedy = ", ".join(sorted(known)), nearest(str(name), known)
            raise UserInputError("unknown column", where=str(path), found=name, expected=expected, remedy=remedy)
    for name in needed:
        if name not in frame.columns:
            columns = [str(column) for column in frame.columns]
            remedy = nearest(name, columns) if columns else "import the networks again"
            raise UserInputError("a column is missing", where=str(path), found=columns, expected=name, remedy=remedy)


def _refuse(what: str, column: pd.Series[Any], bad: pd.Series[bool], path: Path, expected: str) -> None:
    """A UserInputError about the first row that is bad, if one is."""
    if bad.any():
        first = column[bad]
        where = f"{path}, row {int(first.index[0]) + 1}, column {column.name!r}"
        found = "nothing" if first.iloc[0] is None else first.iloc[0]
        remedy = "correct the row, or import the networks again"
        raise UserInputError(what, where=where, found=found, expected=expected, remedy=remedy)


def _texts(column: pd.Series[Any], path: Path) -> pd.Series[Any]:
    """Ids and words as text; whole numbers are fine as ids."""
    good = column.map(lambda cell: cell is None or (isinstance(cell, (str, int)) and not isinstance(cell, bool)))
    _refuse("not a text", column, ~good.astype(bool), path, "text")
    return column.map(lambda cell: None if cell is None else str(cell)).astype(object)


def _numbers(column: pd.Series[Any], about: About, path: Path) -> pd.Series[Any]:
    """Numbers in range; None becomes NaN, and a NaN that stands in the file is refused."""

    def good(cell: Any) -> bool:
        number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
        return cell is None or (number and about.low <= cell <= about.high)

    expected = f"a number {'from ' if about.low == 0 else ''}{about.span()}, or nothing"
    _refuse("not a number in range", column, ~column.map(good).astype(bool), path, expected)
    return column.astype("float64")


def _codes(column: pd.Series[Any], words: tuple[str, ...], path: Path) -> NDArray[np.int8]:
    """Words as the numbers of their enum; -1 where nothing is given."""
    _refuse(f"unknown {column.name}", column, column.notna() & ~column.isin(words), path, "one of " + ", ".join(words))
    codes = column.map({word: code for code, word in enumerate(words)}).fillna(-1)
    return np.asarray(codes, np.int8)


def _check_ids(frame: pd.DataFrame, path: Path) -> None:
    """Every row has a patient; supporter and role come together; nobody has the same supporter twice."""
    alone = frame["supporter"].isna()
    _refuse("a row without patient", frame["patient"], frame["patient"].isna(), path, "an id")
    _refuse("a supporter without role", frame["supporter"], ~alone & frame["role"].isna(), path, "a role")
    _refuse("a role without supporter", frame["role"], alone & frame["role"].notna(), path, "a supporter's id")
    twice = frame.duplicated(["patient", "supporter"])
    _refuse("the same tie twice", frame["supporter"], twice & ~alone, path, "each supporter once per patient")
    has_ties = frame["patient"].isin(frame["patient"][~alone])
    _refuse("an empty row of somebody with ties, or twice", frame["patient"], alone & (has_ties | twice), path, "one")


def _one_row_a_person(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """What is known about each person; rows of one person that contradict each other are a UserInputError."""
    about = frame[["patient", "condition", *PERSON_FIELDS]]
    people = about.drop_duplicates()
    again = people["patient"].duplicated()
    _refuse("rows of one patient say different things about the person", people["patient"], again, path, "the same")
    return people
