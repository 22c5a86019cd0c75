"""From the files of a study to a network file, step by step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from supportnet import __version__
from supportnet.sim.enums import Role
from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.account import Account, count_in_words, first_of, people_in_words
from supportnet.sim.importing.alter_ties import ABOUT_ALTER_TIE, all_alter_ties
from supportnet.sim.importing.assembling import (
    ABOUT_TIE,
    all_ties,
    lift_weak_ties,
    people_of_ties,
    renamed,
)
from supportnet.sim.importing.contacts import contacts_in
from supportnet.sim.importing.files import InterviewStudy, gather_files
from supportnet.sim.importing.mapping import ReadMapping, read_mapping
from supportnet.sim.importing.mapping_shape import FILE, Files, Mapping, PeopleFiles, TieFiles
from supportnet.sim.importing.people import ABOUT_PERSON, BY_MAPPING, IGNORE, SIZE, all_people
from supportnet.sim.importing.report import Given, ImportReport
from supportnet.sim.importing.sources import files_at, printable_name
from supportnet.sim.network_file.format import PERSON_FIELDS, TIE_FIELDS, to_parquet
from supportnet.sim.storage.atomic import hidden_folder, move_up

if TYPE_CHECKING:
    import pandas as pd

READY_MADE = Path(__file__).parents[1] / "examples" / "network-canvas" / "mapping.toml"
FILES = {
    "networks": "networks.parquet",
    "alter_ties": "alter_ties.parquet",
    "report": "report.json",
    "text": "report.txt",
}


def import_interviews(source: Path, mapping: Path | None, out: Path) -> ImportReport:
    """Reads ego networks from a folder or file as exported, and writes a network file, the ties among supporters and
    the report into the folder `out`: all of them, or none. Whatever is wrong with files or mapping is a
    UserInputError."""
    source, out = Path(source), Path(out)
    meaning = _mapping(source, mapping)
    account = Account()
    study = gather_files(source, meaning, account)
    people = all_people(study, meaning.mapping, people_of_ties(study, meaning.mapping), account)
    ties = all_ties(study, meaning.mapping, people, account)
    alter_ties = all_alter_ties(study, meaning.mapping, people, ties, account)
    _note_people(meaning.mapping, people, ties, account)
    ties = lift_weak_ties(ties[ties["role"] != IGNORE], account)
    networks = people.merge(ties, how="left", on="patient", sort=False)[ABOUT_TIE + ABOUT_PERSON[1:]]
    alter_ties = alter_ties[ABOUT_ALTER_TIE]
    if meaning.mapping.privacy.rename:
        networks, alter_ties = renamed(networks, alter_ties)
    contacts = contacts_in(networks)
    if contacts and contacts.fewer:
        account.note(contacts.note())
    if never := int((networks["contacts_per_week"] == 0).sum()):
        account.note(
            f"contacts_per_week: {count_in_words(never, 'tie')} with 0: no contact outside programmes, and weaker every"
            f" week until {'it ends' if never == 1 else 'they end'}"
        )
    report = _report(source, meaning, study, people, ties, alter_ties, account)
    report.contacts = contacts
    about = ("version", "source", "source_sha256", "mapping", "mapping_sha256")
    origin = {f"supportnet_{name}": str(getattr(report, name)) for name in about}
    contents = {
        FILES["networks"]: to_parquet(networks, origin),
        FILES["alter_ties"]: to_parquet(alter_ties, origin),
        FILES["report"]: json.dumps(report.as_dict(), indent=2).encode() + b"\n",
        FILES["text"]: report.text().encode(),
    }
    with hidden_folder(out) as hidden:
        for name, content in contents.items():
            (hidden / name).write_bytes(content)
        move_up(hidden, out)
    return report


def _note_people(mapping: Mapping, people: pd.DataFrame, ties: pd.DataFrame, account: Account) -> None:
    """Notes about people of whom less is there than one might think."""
    kept = ties["patient"][ties["role"] != IGNORE]
    left = people["patient"].isin(ties["patient"].unique()) & ~people["patient"].isin(kept.unique())
    if left.any():
        places = [str(place) for place in people.index[left]]
        account.note(
            f"people: {people_in_words(len(places))} of whom only ties are known that are left out ({first_of(places)})"
        )
    size = people[SIZE].astype("float64")
    n_ties = people["patient"].map(ties["patient"].value_counts()).fillna(0)
    differs = size.notna() & (size != n_ties)
    if differs.any():
        cases = [f"{place}: {size[place]:g} said, {n_ties[place]:g} there" for place in people.index[differs][:3]]
        more = ", …" if differs.sum() > 3 else ""
        account.note(
            f"size: {people_in_words(int(differs.sum()))} named another number of supporters ({'; '.join(cases)}{more})"
        )
    weights = people["weight"].isna()
    if mapping.people is not None and mapping.people.weight is not None and weights.any():
        account.note(f"weight: {people_in_words(int(weights.sum()))} without one, counted as 1")
    templates = [template for entry in mapping.parts().values() for template in entry.ids()]
    if mapping.privacy.rename and any(FILE in template for template in templates):
        account.note("rename: this report still has the names of files, which hold ids here")


def _mapping(source: Path, path: Path | None) -> ReadMapping:
    """The mapping given, or mapping.toml beside the data, or for Network Canvas exports the ready-made one."""
    if path is not None:
        return read_mapping(Path(path))
    folder = source if source.is_dir() else source.parent
    if (folder / "mapping.toml").is_file():
        return read_mapping(folder / "mapping.toml")
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    names += [file.name for file in files_at(source, deep=False)] if source.is_file() else []
    if any(name.endswith(("_ego.csv", ".graphml")) for name in names):
        return read_mapping(READY_MADE)._replace(name="ready-made for Network Canvas")
    raise UserInputError(
        "no mapping file says what the columns mean",
        where=str(source),
        found="no mapping.toml beside the data",
        expected="a mapping file",
        remedy="write one (docs/import.md shows how) and give it as `mapping`",
    )


def _report(
    source: Path,
    meaning: ReadMapping,
    study: InterviewStudy,
    people: pd.DataFrame,
    ties: pd.DataFrame,
    alter_ties: pd.DataFrame,
    account: Account,
) -> ImportReport:
    """The account of what was read, with everything that can be counted."""
    parts = [entry for part, entry in meaning.mapping.parts().items() if part in study.tables]
    tables = study.tables.items()
    return ImportReport(
        source=printable_name(source.resolve().name),
        source_sha256=study.sha256,
        mapping=meaning.name,
        mapping_sha256=meaning.sha256,
        version=__version__,
        read=study.read,
        people=len(people),
        people_without_ties=int((~people["patient"].isin(ties["patient"].unique())).sum()),
        ties_by_role={word: int((ties["role"] == word).sum()) for word in Role.words()},
        alter_ties=int(alter_ties["supporter_a"].notna().sum()),
        alter_ties_not_asked=int(alter_ties["supporter_a"].isna().sum()),
        ties={name: _given(ties, name, parts, TieFiles) for name in ("role", *TIE_FIELDS)},
        persons={name: _given(people, name, parts, PeopleFiles) for name in ("condition", *PERSON_FIELDS)},
        left_out=account.left_out,
        notes=account.notes + [note for _, table in tables for note in table.gaps()],
        not_copied={part: behind for part in study.tables if (behind := _not_copied(study, part))},
        renamed=meaning.mapping.privacy.rename,
        files=FILES,
    )


def _not_copied(study: InterviewStudy, part: str) -> list[str]:
    """Columns of a part that neither it nor another part of the same tables uses."""
    used = {name for other in (part, *study.sharing.get(part, ())) for name in study.tables[other].used}
    return [name for name in study.tables[part].columns if name not in used]


def _given(frame: pd.DataFrame, name: str, parts: list[Files], kind: type[Files]) -> Given:
    """For how many rows a field is given, and by what."""
    mapped = any(getattr(entry, name) is not None for entry in parts if isinstance(entry, kind))
    by_mapping = int(frame[BY_MAPPING + name].sum())
    return Given(mapped, int(frame[name].notna().sum()) - by_mapping, by_mapping, len(frame))
