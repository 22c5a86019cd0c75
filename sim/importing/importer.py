"""From the files of a study to a network file, step by step."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sim.importing.assembling import ABOUT_PERSON, ABOUT_TIE, IGNORE, all_alter_ties, all_people, all_ties, renamed
from sim.importing.files import Study, gather, write_together
from sim.importing.mapping import ReadMapping, read_mapping
from sim.importing.mapping_shape import Files, PeopleFiles, TieFiles
from sim.importing.network_file import PERSON_FIELDS, TIE_FIELDS, to_parquet
from sim.importing.report import Given, LeftOut, Report
from sim.importing.tables import read_bytes, shown
from sim.mistakes import Mistake
from sim.vocabulary import Role

if TYPE_CHECKING:
    import pandas as pd

READY_MADE = Path(__file__).parents[1] / "examples" / "network-canvas" / "mapping.toml"
FILES = {
    "networks": "networks.parquet",
    "alter_ties": "alter_ties.parquet",
    "report": "report.json",
    "text": "report.txt",
}


def import_networks(source: Path, mapping: Path | None, out: Path) -> Report:
    """Reads ego networks from a folder or file as exported, and writes a network file, the ties among supporters and
    the report into the folder `out`: all of them, or none. Whatever is wrong with files or mapping is a Mistake."""
    source, out = Path(source), Path(out)
    meaning = _mapping(source, mapping)
    study = gather(source, meaning.mapping, meaning.name)
    notes: list[str] = []
    left_out = list(study.left_out)
    people = all_people(study, meaning.mapping, notes)
    ties = all_ties(study, meaning.mapping, people, left_out, notes)
    alter_ties = all_alter_ties(study, meaning.mapping, people, ties, left_out, notes)
    ties = ties[ties["role"] != IGNORE]
    networks = people.merge(ties, how="left", on="patient", sort=False)[ABOUT_TIE + ABOUT_PERSON[1:]]
    if meaning.mapping.privacy.rename:
        networks, alter_ties = renamed(networks, alter_ties)
    report = _report(source, meaning, study, people, ties, alter_ties, left_out, notes)
    about = ("version", "source", "source_sha256", "mapping", "mapping_sha256")
    origin = {f"supportnet_{name}": str(getattr(report, name)) for name in about}
    contents = {
        FILES["networks"]: to_parquet(networks, origin),
        FILES["alter_ties"]: to_parquet(alter_ties, origin),
        FILES["report"]: json.dumps(report.as_dict(), indent=2).encode() + b"\n",
        FILES["text"]: report.text().encode(),
    }
    write_together(out, contents)
    return report


def _mapping(source: Path, path: Path | None) -> ReadMapping:
    """The mapping given, or mapping.toml beside the data, or for Network Canvas exports the ready-made one."""
    if path is not None:
        return read_mapping(Path(path))
    folder = source if source.is_dir() else source.parent
    if (folder / "mapping.toml").is_file():
        return read_mapping(folder / "mapping.toml")
    if any(folder.glob("*_ego.csv")) or any(folder.glob("*.graphml")):
        return read_mapping(READY_MADE)._replace(name="ready-made for Network Canvas")
    raise Mistake(
        "no mapping file says what the columns mean",
        where=str(source),
        found="no mapping.toml beside the data",
        expected="a mapping file",
        remedy="write one (docs/import.md shows how) and give it with --mapping FILE",
    )


def _report(
    source: Path,
    meaning: ReadMapping,
    study: Study,
    people: pd.DataFrame,
    ties: pd.DataFrame,
    alter_ties: pd.DataFrame,
    left_out: list[LeftOut],
    notes: list[str],
) -> Report:
    """The account of what was read, with everything that can be counted."""
    parts = [entry for part, entry in meaning.mapping.parts().items() if part in study.tables]
    tables = study.tables.items()
    return Report(
        source=shown(source.resolve()),
        source_sha256=_digest(source, study),
        mapping=meaning.name,
        mapping_sha256=meaning.sha256,
        version=_version(),
        read=study.read,
        people=len(people),
        people_without_ties=int((~people["patient"].isin(ties["patient"])).sum()),
        ties_by_role={word: int((ties["role"] == word).sum()) for word in Role.words()},
        alter_ties=len(alter_ties),
        ties={name: _given(ties, name, parts, TieFiles) for name in ("role", *TIE_FIELDS)},
        persons={name: _given(people, name, parts, PeopleFiles) for name in ("condition", *PERSON_FIELDS)},
        left_out=left_out,
        notes=notes + [note for _, table in tables for note in table.gaps()],
        not_copied={part: behind for part, table in tables if (behind := table.not_used())},
        renamed=meaning.mapping.privacy.rename,
        files=FILES,
    )


def _given(frame: pd.DataFrame, name: str, parts: list[Files], kind: type[Files]) -> Given:
    """For how many rows a field is given, and whether the mapping says where it stands."""
    mapped = any(getattr(entry, name) is not None for entry in parts if isinstance(entry, kind))
    return Given(mapped, int(frame[name].notna().sum()), len(frame))


def _digest(source: Path, study: Study) -> str:
    """SHA-256 over the names and bytes of all files read."""
    digest = hashlib.sha256()
    folder = source if source.is_dir() else source.parent
    for name in sorted({file.file for file in study.read}):
        digest.update(name.encode() + b"\0" + hashlib.sha256(read_bytes(folder / name)).digest())
    return digest.hexdigest()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("supportnet")
    except PackageNotFoundError:
        return "unknown"
