"""The people of a study, one row each: from a table of their own, from one of their ties too, or from ties alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.account import Account, count_in_words, first_of, people_in_words, rows
from supportnet.sim.importing.files import InterviewStudy
from supportnet.sim.importing.ids import ids, near_duplicates
from supportnet.sim.importing.mapping_shape import Mapping, PeopleFiles
from supportnet.sim.importing.reading import Answers, number_column, word_column
from supportnet.sim.importing.tables import PartTable, refuse
from supportnet.sim.network_file.format import PERSON_FIELDS, About

if TYPE_CHECKING:
    import pandas as pd

ABOUT_PERSON = ["patient", "condition", *PERSON_FIELDS]
SIZE, ABOUT_SIZE = "size", About(0, 10_000, "supporters", "how many supporters the person named")
BY_MAPPING = "given by the mapping: "  # before the name of a field: whether the mapping gave its value
IGNORE = "ignore"
OF_FILE = re.compile(r", (line|graph|observation) .*$")  # in a place, what comes after the name of the file


def all_people(
    study: InterviewStudy, mapping: Mapping, of_ties: list[pd.Series[Any]], account: Account
) -> pd.DataFrame:
    """One row a person: patient, condition and the numbers about the person, in the order of the files.

    of_ties: the ids of people in each table of ties.
    """
    import pandas as pd

    if mapping.people is not None and "people" in study.tables:
        people = _people(study.tables["people"], mapping.people, study.flat(), account)
        _note_empty(study, "people", account)
    else:
        if mapping.people is not None:
            account.note("no file about people: they are taken from the ties")
        for found in of_ties:
            _note_several_files(found, account)
        for part in study.empty:
            if part.startswith("ties"):
                _note_empty(study, part, account)
        found = pd.concat(of_ties).drop_duplicates() if of_ties else pd.Series([], dtype=object)
        people = pd.DataFrame({"patient": found.to_numpy(object)}, index=found.index)
    if people.empty:
        what, remedy = "nobody is in these files", "export the interviews again"
        raise UserInputError(
            what, where=study.read[0].file, found="no rows", expected="at least one person", remedy=remedy
        )
    if places := near_duplicates(people["patient"]):
        account.note(f"people: {people_in_words(len(places))} whose ids look alike: kept apart ({first_of(places)})")
    flags = [BY_MAPPING + name for name in ABOUT_PERSON[1:]]
    people = people.reindex(columns=[*ABOUT_PERSON, *flags, SIZE])
    people[flags] = people[flags].eq(True)
    return people


def put_answers(columns: dict[str, Any], name: str, answers: Answers) -> None:
    """Add a field's values to the columns, and beside them whether the mapping gave each."""
    columns[name], columns[BY_MAPPING + name] = answers


def _people(table: PartTable, entry: PeopleFiles, flat: bool, account: Account) -> pd.DataFrame:
    """The rows of a table of people; flat: it holds ties too, so that people stand in several rows."""
    import pandas as pd

    patient = ids(table, entry.patient)
    columns: dict[str, Any] = {"patient": patient.to_numpy(object)}

    if entry.condition is not None:
        found = word_column(table, entry.condition, "condition")
        ignored = found.values == IGNORE
        if ignored.any():
            account.note(f'condition: {rows(int(ignored.sum()))} for which the mapping says "ignore": not given')
        found.values[ignored] = None
        put_answers(columns, "condition", Answers(found.values, found.by_mapping & ~ignored))
    for name, about in (PERSON_FIELDS | {SIZE: ABOUT_SIZE}).items():
        if (how := getattr(entry, name)) is not None:
            put_answers(columns, name, number_column(table, how, name, about))
    people = pd.DataFrame(columns, index=table.frame.index)
    return _one_row_each(people, patient, flat, account)


def _one_row_each(people: pd.DataFrame, patient: pd.Series[Any], flat: bool, account: Account) -> pd.DataFrame:
    """One row a person. Several rows are a UserInputError where each person should have one, or where they contradict
    each other; else each thing is taken from the first row that says it."""
    again = patient.duplicated()
    if not again.any():
        return people
    if not flat:
        first = patient.index[patient == patient[again].iloc[0]][0]
        what = f"the same person twice (first in {first})"
        remedy = "if they are one person, keep one of the rows; else give the second an id of their own"
        refuse(what, patient, again, "each id once", f"{remedy}, in all files")
    _note_several_files(patient, account)
    fields = [name for name in people.columns[1:] if not name.startswith(BY_MAPPING)]
    data = people.copy()
    for name in fields:
        data[name] = people[name].where(~people[BY_MAPPING + name], None)
        _check_agreement(data, name)
    in_data, in_all = (frame.groupby("patient", sort=False)[fields].first() for frame in (data, people))
    merged = people[~again].set_index("patient")
    for name in fields:
        merged[name] = in_data[name].where(in_data[name].notna(), in_all[name])
        merged[BY_MAPPING + name] = in_data[name].isna() & in_all[name].notna()
    merged = merged.reset_index()[people.columns]
    merged.index = people.index[~again]
    return merged


def _note_empty(study: InterviewStudy, part: str, account: Account) -> None:
    """A note about files in which nobody stands."""
    if names := list(study.empty.get(part, ())):
        account.note(
            f"{part}: {count_in_words(len(names), 'file')} without any row below the names ({first_of(names)})"
        )


def _note_several_files(patient: pd.Series[Any], account: Account) -> None:
    """A note about ids that stand in several files of the same kind, and so may be of several people."""
    import pandas as pd

    files = [OF_FILE.sub("", str(place)) for place in patient.index]
    if len(set(files)) < 2:
        return
    stands = pd.DataFrame({"id": patient.to_numpy(object), "file": files}, index=patient.index).drop_duplicates()
    several = stands[stands.duplicated("id")]
    if len(several):
        count = people_in_words(several["id"].nunique())
        places = [str(place) for place in several.index]
        account.note(f"people: {count} in several files: taken as the same person ({first_of(places)})")


def _check_agreement(people: pd.DataFrame, name: str) -> None:
    """A UserInputError where two rows of one person say different things about the person."""
    answered = people[people[name].notna()]
    first = answered.groupby("patient", sort=False)[name].transform("first")
    differs = answered[name] != first
    if differs.any():
        row = answered[differs].iloc[0]
        other = answered.index[answered["patient"] == row["patient"]][0]
        what = f"rows of one person that contradict each other about {name} (the other: {other})"
        expected = "the same in all rows of a person"
        remedy = "correct the rows; if they are answers of several times, keep the file of one time"
        found = f"{row[name]} after {first[differs].iloc[0]}"
        raise UserInputError(what, where=str(answered.index[differs][0]), found=found, expected=expected, remedy=remedy)
