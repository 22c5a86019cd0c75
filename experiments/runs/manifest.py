"""Files beside the results of a study, so that the folder is enough to read, extend or repeat them."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from supportnet.experiments.execution.checked_files import (
    UNREADABLE,
    has_checksum,
    inside,
    read_json,
    sha256_of,
    unreadable,
)
from supportnet.experiments.runs.plan import identity_of_plan, touched
from supportnet.experiments.runs.plan_file import PLAN
from supportnet.experiments.runs.results_table import RESULTS
from supportnet.experiments.study.design import list_bytes
from supportnet.experiments.study.observables import code
from supportnet.experiments.study.schema import StudyFile
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from supportnet.sim.network_file.format import alter_ties_beside
from supportnet.sim.provenance import commit, is_intact, machine, sealed, versions
from supportnet.sim.scenario.layers import flat
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.storage.atomic import write_whole

MANIFEST = "manifest.json"
STUDY, LIST = "study.toml", "design.csv"
NETWORKS = "population.networks"
AGAIN = "repeat the same `supportnet sweep` with --out {folder}: only what is missing is computed"


def write_manifest(study: StudyDefinition, folder: Path, counts: Mapping[str, int], results: str = "") -> None:
    """Everything about a study but its results. counts: of runs. results: SHA-256 of the file of all results."""
    for name, content in ((STUDY, study.text.encode()), (LIST, list_bytes(study))):
        if content:
            _write(folder / name, content)
    for k, scenario in enumerate(study.scenarios):
        kept = folder / networks_name(k)
        if scenario.networks and scenario.networks != kept:
            _write(kept, scenario.networks.read_bytes())
            if (alter_ties := alter_ties_beside(scenario.networks)).is_file():
                _write(alter_ties_beside(kept), alter_ties.read_bytes())
    networks = [name for k in range(len(study.scenarios)) for name in interview_names(k) if (folder / name).is_file()]
    names = [STUDY, *([LIST] if list_bytes(study) else []), PLAN, *networks]
    checksums = {name: sha256_of(folder / name) for name in names} | ({RESULTS: results} if results else {})
    metadata = sealed({**manifest(study, counts), "checksums": checksums})
    _write(folder / MANIFEST, json.dumps(metadata, indent=1, ensure_ascii=False).encode() + b"\n")


def checksums_kept(folder: Path) -> dict[str, str]:
    """SHA-256 of the files beside a manifest, as it says; nothing where it is damaged, or of an earlier version."""
    try:
        return dict(_read(folder).get("checksums", {}))
    except (UserInputError, *UNREADABLE):
        return {}


def manifest(study: StudyDefinition, counts: Mapping[str, int]) -> dict[str, Any]:
    """The manifest as plain values."""
    return {
        "supportnet_manifest": 1,
        "study": study.name,
        "title": study.title,
        "runs": dict(counts),
        "files": {
            STUDY: "the study as it was written",
            PLAN: "one row a run: run (its identity), scenario, design_point, replicate, values of the factors",
            RESULTS: "one row a run and week: the same, week, and every outcome; null where there is none",
            "runs/": "results by identity of the run, as they came; also those that the study no longer asks for",
        },
        "units": study.columns,
        "factors": {factor.name: factor.says() for factor in study.factors},
        "weeks": list(study.weeks),
        "plan": identity_of_plan(study),
        "code": code(study.file.measure),
        "file": without_paths(study).model_dump(exclude_none=True),
        "scenarios": [_scenario_metadata(study, scenario) for scenario in study.scenarios],
        "versions": versions(),
        "commit": commit(),
        "machine": machine(),
    }


def without_paths(study: StudyDefinition) -> StudyFile:
    """What a study says, but for where its files lie on this computer."""
    values = {name: Path(value).name if name == NETWORKS else value for name, value in flat(study.file.set)}
    design = study.design.model_copy(update={"file": LIST if study.design.file else ""})
    names = [scenario.name for scenario in study.scenarios]
    return study.file.model_copy(update={"scenarios": names, "set": values, "design": design})


def study_kept(folder: Path) -> StudyDefinition:
    """The study whose results lie in this folder. Raises UserInputError where there is none, or where it is damaged."""
    try:
        metadata = _read(folder)
        interviews = (name for k in range(len(metadata["scenarios"])) for name in interview_names(k))
        check_files(folder, [LIST, PLAN, *interviews])
        file = StudyFile.model_validate(metadata["file"])
        file = file.model_copy(
            update={"design": file.design.model_copy(update={"file": LIST if file.design.file else ""})}
        )
        inside(folder, LIST)
        study = inside(folder, STUDY)
        text = study.read_text("utf-8", "replace") if study.is_file() else ""  # for people only
        scenarios = tuple(_scenario(folder, k, one) for k, one in enumerate(metadata["scenarios"]))
        return StudyDefinition.of(file, scenarios, text, metadata["study"], str(folder))
    except UserInputError:
        raise
    except UNREADABLE as error:
        raise UserInputError(
            "there are no results of a study here",
            where=str(folder),
            found=unreadable(error),
            expected=f"a folder that `supportnet sweep` wrote, with its {MANIFEST}",
            remedy="name the folder, or run the study with `supportnet sweep STUDY`",
        ) from error


def check_files(folder: Path, names: Iterable[str]) -> None:
    """Raises UserInputError where one of these files is not as the sweep wrote it, or a link that leads out of the
    folder."""
    for name in damaged_sweep_files(folder, [name for name in names if inside(folder, name)]):
        raise UserInputError(
            "is damaged or missing", where=str(folder / name), found="a checksum other than the manifest's, or no file",
            expected="the file as `supportnet sweep` wrote it", remedy=AGAIN.format(folder=folder),
        )  # fmt: skip


def damaged_sweep_files(folder: Path, names: Iterable[str]) -> list[str]:
    """Which of these files are not as the sweep wrote them, so far as the manifest says."""
    checksums = checksums_kept(folder)
    return [name for name in names if name in checksums and not has_checksum(folder / name, checksums[name])]


def networks_name(k: int) -> str:
    """The file of interviews that scenario number k reads."""
    return f"networks-{k}.parquet"


def interview_names(k: int) -> tuple[str, str]:
    """The same, and the file of ties among supporters beside it."""
    return networks_name(k), alter_ties_beside(Path(networks_name(k))).name


def _scenario_metadata(study: StudyDefinition, scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "assumes": scenario.assumes,
        "canonical": scenario.canonical(),
        "touched": touched(study, scenario),
        "parameters": scenario.every_number,
    }


def _scenario(folder: Path, k: int, metadata: Mapping[str, Any]) -> Scenario:
    canonical = metadata["canonical"]
    offered = [row["name"] for row in canonical["programmes"]]
    rows = [*canonical["programmes"], *(row for row in metadata["touched"] if row["name"] not in offered)]
    networks = str(inside(folder, networks_name(k))) if "networks_sha256" in canonical["population"] else ""
    scenario = Scenario.from_canonical({**canonical, "programmes": rows}, metadata["name"], networks)
    return scenario.with_values({name: json.dumps(metadata[name], ensure_ascii=False) for name in ("title", "assumes")})


def _read(folder: Path) -> dict[str, Any]:
    """The manifest. Raises one of UNREADABLE where there is none, or it is damaged."""
    metadata: dict[str, Any] = read_json(inside(folder, MANIFEST))
    if not is_intact(metadata):
        raise UserInputError(
            "is damaged, or was changed", where=str(folder / MANIFEST),
            found="a checksum other than the one it was written with",
            expected="the manifest as `supportnet sweep` wrote it", remedy=AGAIN.format(folder=folder),
        )  # fmt: skip
    return metadata


def _write(goal: Path, content: bytes) -> None:
    with write_whole(goal) as file:
        file.write(content)
