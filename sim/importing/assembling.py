"""From the tables of a study to ties."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from supportnet.sim.importing.account import Account, count_in_words, first_of, rows
from supportnet.sim.importing.files import InterviewStudy
from supportnet.sim.importing.ids import ids, ids_or_none, looking_like, near_duplicates
from supportnet.sim.importing.mapping_fields import ChoiceField, SourceField
from supportnet.sim.importing.mapping_shape import FILE, ROW, SLOT, Files, Mapping, TieFiles
from supportnet.sim.importing.people import BY_MAPPING, IGNORE, put_answers
from supportnet.sim.importing.reading import number_column, truths, word_column
from supportnet.sim.importing.tables import PartTable, refuse
from supportnet.sim.network_file.format import TIE_FIELDS
from supportnet.sim.parameters import Parameters

if TYPE_CHECKING:
    import pandas as pd

ABOUT_TIE = ["patient", "supporter", "role", *TIE_FIELDS]
TIE_FLAGS = [BY_MAPPING + name for name in ABOUT_TIE[2:]]
FLOOR = Parameters().fade.floor
WEAKEST = 1.25 * FLOOR  # strength of an imported tie: nearly all as weak as this outlast three months without contact
SLOT_OF = re.compile(", slot .*$")  # in a place
E = TypeVar("E", bound=Files)


def people_of_ties(study: InterviewStudy, mapping: Mapping) -> list[pd.Series[Any]]:
    """The ids of people in each table of ties, also of those whose row names no supporter, or whose file has no row."""
    import pandas as pd

    found = []
    for table, entry in tables_of(study, mapping, TieFiles):
        empty = study.empty.get(table.part, {}) if entry.patient == FILE else {}
        named = {name: star for name, star in empty.items() if star}
        found += [ids(table, entry.patient), pd.Series(list(named.values()), index=list(named), dtype=object)]
    return found


def all_ties(study: InterviewStudy, mapping: Mapping, people: pd.DataFrame, account: Account) -> pd.DataFrame:
    """One row a tie: patient, supporter, role, numbers; the index says where it stands. Ties without a role, or whose
    role the mapping ignores, have the role "ignore" and are listed as left out."""
    tables = tables_of(study, mapping, TieFiles)
    for table, entry in tables:
        check_known(ids(table, entry.patient), people, "a tie")
    ties = below_each_other([_ties(table, entry, account) for table, entry in tables], [*ABOUT_TIE, *TIE_FLAGS])
    ties[TIE_FLAGS] = ties[TIE_FLAGS].eq(True)
    _check_once(_as_in_file(ties["supporter"], [entry.supporter for _, entry in tables]), ties)
    _note_likenesses(ties, account)
    unknown = ties["role"].isna()
    account.leave_out("ties", places_of(ties, unknown), "no role is given")
    account.leave_out("ties", places_of(ties, ties["role"] == IGNORE), 'the mapping says "ignore" for their role')
    ties["role"] = ties["role"].where(~unknown, IGNORE)
    return ties


def lift_weak_ties(ties: pd.DataFrame, account: Account) -> pd.DataFrame:
    """Ties at least as strong as WEAKEST: whoever was named exists, however low the answer about closeness."""
    strength = ties["strength"].astype("float64")
    weak = strength < WEAKEST
    if weak.any():
        raised = f"{count_in_words(int(weak.sum()), 'tie')} below {WEAKEST:g} raised to {WEAKEST:g}"
        account.note(f"strength: {raised}, since in a run ties below {FLOOR:g} (fade.floor) end in the first week")
    return ties.assign(strength=strength.mask(weak, WEAKEST))


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


def tables_of(study: InterviewStudy, mapping: Mapping, kind: type[E]) -> list[tuple[PartTable, E]]:
    """The tables of one kind, each with what the mapping says about it."""
    parts = mapping.parts().items()
    return [(study.tables[part], entry) for part, entry in parts if isinstance(entry, kind) and part in study.tables]


def _ties(table: PartTable, entry: TieFiles, account: Account) -> pd.DataFrame:
    """The ties of one table; rows and slots that name nobody and say nothing are none."""
    import pandas as pd

    supporter = ids_or_none(table, entry.supporter)
    columns: dict[str, Any] = {"patient": ids(table, entry.patient).to_numpy(object), "supporter": supporter.to_numpy()}

    put_answers(columns, "role", word_column(table, entry.role, "role"))
    for name, about in TIE_FIELDS.items():
        if (how := getattr(entry, name)) is not None:
            put_answers(columns, name, number_column(table, how, name, about))
    nobody = _nobody(table, entry, supporter, account)
    remedy = 'write the supporter\'s id into the cell; where the file has none, supporter = "{row}" numbers them'
    if entry.slots:
        remedy = f'write the supporter\'s id into the cell; or supporter = "{SLOT}" takes the number of the slot'
    refuse("no id", supporter, supporter.isna() & ~nobody, "an id in every row", remedy)
    ties = pd.DataFrame(columns, index=table.frame.index)[~nobody]
    if entry.slots:
        _check_one_row(ties, entry.patient)
    return ties


def _check_one_row(ties: pd.DataFrame, column: str) -> None:
    """A UserInputError about a person whose supporters stand in the slots of several rows: of several times, mostly."""
    rows_of = ties.index.to_series().astype(str).str.replace(SLOT_OF, "", regex=True)
    first = rows_of.groupby(ties["patient"].to_numpy(), sort=False).transform("first")
    again = rows_of != first
    if again.any():
        what = f"the same person in several rows with supporters (first in {first[again].iloc[0]})"
        remedy = (
            "keep one of the rows, where they are of several times those of one time; if they are two people, give the"
            " second an id of their own"
        )
        refuse(what, ties["patient"].rename(column), again, "one row a person", remedy)


def _nobody(table: PartTable, entry: TieFiles, supporter: pd.Series[Any], account: Account) -> pd.Series[bool]:
    """Rows in which there is no supporter: nothing is said about one, and none is named (or by the code for no answer
    that all their cells hold). Where the mapping has a column for that, it decides."""
    asked = [(source, name) for source in entry.fields() for name in source.names() if SLOT in name or not entry.slots]
    answered = _answered(table, asked)
    numbered = entry.supporter in (SLOT, ROW)
    if entry.present is not None:
        absent = ~_flags(table, truths(table, entry.present, entry.role, "role"))
        contradicted = absent & (answered | (supporter.notna() & (not numbered)))
        reason = f"the column {entry.present!r} says that there is nobody"
        account.leave_out("ties", places_of(table.frame, contradicted), reason)
        return absent
    unnamed = supporter.isna() | numbered
    coded = supporter.isin(table.settings.missing)
    for _, name in asked if coded.any() else ():
        coded &= table.column(name).isna() | (table.column(name) == supporter)
    unnamed |= coded
    nobody = unnamed & ~answered if asked else supporter.isna()
    if nobody.any():
        what = f"{int(nobody.sum())} of {len(nobody)} slots are empty" if entry.slots else ""
        what = what or f"{rows(int(nobody.sum()))} without supporter, and without any answer about one: no tie"
        account.note(f"{table.part}: {what} ({first_of(places_of(table.frame, nobody))})")
    return nobody


def _answered(table: PartTable, asked: list[tuple[SourceField, str]]) -> pd.Series[bool]:
    """Where any of these columns says something about a supporter."""
    answered = _flags(table, np.zeros(len(table.frame), dtype=bool))
    for source, name in asked:
        if isinstance(source, ChoiceField) and name in (source.columns or ()):
            answered |= _flags(table, truths(table, name, source, "role"))
        else:
            answered |= table.answers(name, source, source.known()).notna()
    return answered


def _flags(table: PartTable, values: np.ndarray[Any, Any]) -> pd.Series[bool]:
    import pandas as pd

    return pd.Series(values, index=table.frame.index, dtype=bool)


def check_known(patient: pd.Series[Any], people: pd.DataFrame, what: str) -> None:
    """A UserInputError about somebody who is not among the people."""
    bad = ~patient.isin(people["patient"].unique())
    if bad.any():
        alike = looking_like(str(patient[bad].iloc[0]), people["patient"])
        remedy = "add the person to the file of people"
        if alike is not None:
            remedy = (
                f"the file of people has {alike!r}: write the id alike in both; if they are two people, add the other"
            )
        what = f"{what} of a person who is not among the people"
        refuse(what, patient, bad, "an id from the people's file", remedy)


def _check_once(supporter: pd.Series[Any], ties: pd.DataFrame) -> None:
    """A UserInputError about a supporter who stands twice in a network."""
    twice = ties.duplicated(["patient", "supporter"])
    if twice.any():
        second = ties[twice].iloc[0]
        same = (ties["patient"] == second["patient"]) & (ties["supporter"] == second["supporter"])
        what = f"the same supporter twice in one person's network (first in {ties.index[same][0]})"
        slots = SLOT_OF.search(str(ties.index[twice][0])) is not None
        number, one = (SLOT, "empty one of the slots") if slots else (ROW, "keep one of the rows")
        remedy = (
            f"if they are one supporter, {one}; else give the second an id of their own, or write"
            f' supporter = "{number}" in the mapping, which numbers the {"slots" if slots else "rows"}'
        )
        refuse(what, supporter, twice, "each id once per person", remedy)


def _note_likenesses(ties: pd.DataFrame, account: Account) -> None:
    """Notes about ids that may mean the same supporter, or the person."""
    if places := near_duplicates(ties["supporter"], ties["patient"]):
        account.note(
            f"ties: {rows(len(places))} whose supporters have ids that look alike: kept apart ({first_of(places)})"
        )
    names = [str(name) for name in ties["supporter"].unique()]
    numbered = all(name.isdecimal() and len(name) < 10 and int(name) <= len(ties) for name in names)  # 1, 2, 3, …
    if not numbered and (places := places_of(ties, ties["supporter"] == ties["patient"])):
        account.note(
            f"ties: {rows(len(places))} whose supporter has the same id as the person: taken as a supporter"
            f" ({first_of(places)})"
        )


def below_each_other(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Tables of the same kind as one; columns that none of them has are empty."""
    import pandas as pd

    filled = [part for part in parts if len(part)]
    return (pd.concat(filled) if filled else pd.DataFrame(columns=columns, dtype=object)).reindex(columns=columns)


def _as_in_file(column: pd.Series[Any], names: list[str]) -> pd.Series[Any]:
    """A column under the name that it has in the files, for messages."""
    return column.rename(" or ".join(dict.fromkeys(names)))


def places_of(frame: pd.DataFrame, flags: pd.Series[bool]) -> list[str]:
    return [str(place) for place in frame.index[flags]]
