"""From the tables of a study to people, ties and ties among supporters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sim.importing.files import Study
from sim.importing.mapping_shape import AlterTieFiles, Files, Mapping, PeopleFiles, TieFiles
from sim.importing.network_file import PERSON_FIELDS, TIE_FIELDS, About
from sim.importing.reading import numbers, weights, words, years
from sim.importing.report import LeftOut
from sim.importing.tables import Table, refuse
from sim.mistakes import Mistake

if TYPE_CHECKING:
    import pandas as pd

ABOUT_PERSON = ["patient", "condition", *PERSON_FIELDS]
ABOUT_TIE = ["patient", "supporter", "role", *TIE_FIELDS]
ABOUT_ALTER_TIE = ["patient", "supporter_a", "supporter_b", "weight"]
WEIGHT = About(0, 1, "share", "weight of a tie among supporters")
IGNORE = "ignore"
E = TypeVar("E", bound=Files)


def all_people(study: Study, mapping: Mapping, notes: list[str]) -> pd.DataFrame:
    """One row a person: patient, condition and the numbers about the person, in the order of the files."""
    import pandas as pd

    if mapping.people is not None and "people" in study.tables:
        people = _people(study.tables["people"], mapping.people, notes)
    else:
        if mapping.people is not None:
            notes.append("no file about people: they are taken from the ties")
        ids = [table.ids(entry.patient) for table, entry in _tables(study, mapping, TieFiles)]
        people = pd.DataFrame({"patient": pd.concat(ids).drop_duplicates().to_numpy(object) if ids else []})
    if people.empty:
        what, remedy = "nobody is in these files", "export the interviews anew"
        raise Mistake(what, where=study.read[0].file, found="no rows", expected="at least one person", remedy=remedy)
    return people.reindex(columns=ABOUT_PERSON)


def all_ties(
    study: Study, mapping: Mapping, people: pd.DataFrame, left_out: list[LeftOut], notes: list[str]
) -> pd.DataFrame:
    """One row a tie: patient, supporter, role, numbers; the index says where it stands. Ties without a role, or whose
    role the mapping ignores, have the role "ignore" and are listed as left out."""
    tables = _tables(study, mapping, TieFiles)
    ties = _below_each_other([_ties(table, entry, notes) for table, entry in tables], ABOUT_TIE)
    patient = _as_in_file(ties["patient"], [entry.patient for _, entry in tables])
    supporter = _as_in_file(ties["supporter"], [entry.supporter for _, entry in tables])
    remedy = "add the person to the people's file, or remove the tie"
    known = patient.isin(people["patient"])
    refuse("a tie of a person who is not among the people", patient, ~known, "an id from the people's file", remedy)
    remedy = "remove the second row, or give the second supporter an id of their own"
    twice = ties.duplicated(["patient", "supporter"])
    refuse("the same supporter twice in one person's network", supporter, twice, "each id once per person", remedy)
    unknown = ties["role"].isna()
    _leave_out(left_out, "ties", ties, unknown, "no role is given")
    _leave_out(left_out, "ties", ties, ties["role"] == IGNORE, 'the mapping says "ignore" for their role')
    ties["role"] = ties["role"].where(~unknown, IGNORE)
    return ties


def all_alter_ties(
    study: Study, mapping: Mapping, people: pd.DataFrame, ties: pd.DataFrame, left_out: list[LeftOut], notes: list[str]
) -> pd.DataFrame:
    """One row a tie among two supporters of one person: patient, supporter_a, supporter_b, weight."""
    import pandas as pd

    tables = _tables(study, mapping, AlterTieFiles)
    found = _below_each_other([_alter_ties(table, entry, notes) for table, entry in tables], ABOUT_ALTER_TIE)
    patient = _as_in_file(found["patient"], [entry.patient for _, entry in tables])
    what = "a tie among supporters of a person who is not among the people"
    remedy = "add the person to the people's file, or remove the tie"
    refuse(what, patient, ~patient.isin(people["patient"]), "an id from the people's file", remedy)
    there = pd.MultiIndex.from_frame(ties.loc[ties["role"] != IGNORE, ["patient", "supporter"]])
    a, b = (pd.MultiIndex.from_frame(found[["patient", end]]).isin(there) for end in ("supporter_a", "supporter_b"))
    lost = pd.Series(~(a & b), index=found.index, dtype=bool)
    itself = (found["supporter_a"] == found["supporter_b"]) & ~lost
    _leave_out(left_out, "ties among supporters", found, lost, "one of the two is not among the supporters read")
    _leave_out(left_out, "ties among supporters", found, itself, "of a supporter with themselves")
    return found[~lost & ~itself]


def renamed(networks: pd.DataFrame, alter_ties: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Running numbers instead of ids: of people in all, of supporters within each person's network."""
    person = {patient: str(i) for i, patient in enumerate(networks["patient"].unique(), start=1)}
    within = networks.groupby("patient", sort=False).cumcount() + 1
    pairs = zip(networks["patient"], networks["supporter"], strict=True)
    number = {pair: str(i) for pair, i in zip(pairs, within, strict=True) if isinstance(pair[1], str)}

    def rename(frame: pd.DataFrame, ends: list[str]) -> pd.DataFrame:
        frame = frame.copy()
        for end in ends:
            frame[end] = [number.get(pair) for pair in zip(frame["patient"], frame[end], strict=True)]
        frame["patient"] = frame["patient"].map(person)
        return frame

    return rename(networks, ["supporter"]), rename(alter_ties, ["supporter_a", "supporter_b"])


def _tables(study: Study, mapping: Mapping, kind: type[E]) -> list[tuple[Table, E]]:
    """The tables of one kind, each with what the mapping says about it."""
    parts = mapping.parts().items()
    return [(study.tables[part], entry) for part, entry in parts if isinstance(entry, kind) and part in study.tables]


def _people(table: Table, entry: PeopleFiles, notes: list[str]) -> pd.DataFrame:
    import pandas as pd

    patient = table.ids(entry.patient)
    remedy = "remove one of the two rows, or give the second person an id of their own"
    refuse("the same person twice", patient, patient.duplicated(), "each id once", remedy)
    columns: dict[str, Any] = {"patient": patient.to_numpy(object)}
    if entry.condition is not None:
        found = words(table, entry.condition, "condition", notes)
        columns["condition"] = [None if word == IGNORE else word for word in found]
    for name, about in PERSON_FIELDS.items():
        how = getattr(entry, name)
        if how is None:
            continue
        if name == "age":
            columns[name] = years(table, how, about)
        elif name == "weight":
            columns[name] = weights(table, how, about, notes)
        else:
            columns[name] = numbers(table, how, name, about, notes)
    return pd.DataFrame(columns)


def _ties(table: Table, entry: TieFiles, notes: list[str]) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {name: table.ids(getattr(entry, name)).to_numpy(object) for name in ABOUT_TIE[:2]}
    columns["role"] = words(table, entry.role, "role", notes)
    for name, about in TIE_FIELDS.items():
        if (how := getattr(entry, name)) is not None:
            columns[name] = numbers(table, how, name, about, notes)
    return pd.DataFrame(columns, index=table.frame.index)


def _alter_ties(table: Table, entry: AlterTieFiles, notes: list[str]) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {name: table.ids(getattr(entry, name)).to_numpy(object) for name in ABOUT_ALTER_TIE[:3]}
    if entry.weight is not None:
        columns["weight"] = numbers(table, entry.weight, "weight", WEIGHT, notes)
    return pd.DataFrame(columns, index=table.frame.index)


def _below_each_other(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Tables of the same kind as one; columns that none of them has are empty."""
    import pandas as pd

    filled = [part for part in parts if len(part)]
    return (pd.concat(filled) if filled else pd.DataFrame(columns=columns, dtype=object)).reindex(columns=columns)


def _as_in_file(column: pd.Series[Any], names: list[str]) -> pd.Series[Any]:
    """A column under the name that it has in the files, for messages."""
    return column.rename(" or ".join(dict.fromkeys(names)))


def _leave_out(left_out: list[LeftOut], what: str, frame: pd.DataFrame, rows: pd.Series[bool], reason: str) -> None:
    if rows.any():
        left_out.append(LeftOut(what, [str(place) for place in frame.index[rows]], reason))
