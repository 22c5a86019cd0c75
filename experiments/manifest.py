"""What stands beside the results of a study, so that the folder is enough to read, extend or repeat them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.design import list_bytes
from experiments.disk import inside, read_json, unreadable, whole
from experiments.measures import code
from experiments.plan_file import PLAN
from experiments.runs import identity_of_plan, touched
from experiments.study import Study
from experiments.study_shape import StudyFile
from sim.mistakes import Mistake
from sim.provenance import commit, machine, versions
from sim.scenario import Scenario
from sim.scenario_layers import flat

MANIFEST = "manifest.json"
STUDY, LIST = "study.toml", "design.csv"
NETWORKS = "population.networks"


def write_manifest(study: Study, folder: Path, counts: Mapping[str, int]) -> None:
    """Everything about a study but its results; counts: of runs."""
    for name, content in ((STUDY, study.text.encode()), (LIST, list_bytes(study))):
        if content:
            _write(folder / name, content)
    for k, scenario in enumerate(study.scenarios):
        if scenario.networks and scenario.networks != folder / networks_name(k):
            _write(folder / networks_name(k), scenario.networks.read_bytes())
    _write(folder / MANIFEST, json.dumps(manifest(study, counts), indent=1, ensure_ascii=False).encode() + b"\n")


def manifest(study: Study, counts: Mapping[str, int]) -> dict[str, Any]:
    """The manifest as plain values."""
    return {
        "supportnet_manifest": 1,
        "study": study.name,
        "title": study.title,
        "runs": dict(counts),
        "files": {
            STUDY: "the study as it was written",
            PLAN: "one row a run: run (its identity), scenario, design_point, replicate, values of the factors",
            "results.parquet": "one row a run and week: the same, week, and every outcome; null where there is none",
            "runs/": "results by identity of the run, as they came; also those that the study no longer asks for",
        },
        "units": study.columns,
        "factors": {factor.name: factor.says() for factor in study.factors},
        "weeks": list(study.weeks),
        "plan": identity_of_plan(study),
        "code": code(study.file.measure),
        "file": without_paths(study).model_dump(exclude_none=True),
        "scenarios": [_told(study, scenario) for scenario in study.scenarios],
        "versions": versions(),
        "commit": commit(),
        "machine": machine(),
    }


def without_paths(study: Study) -> StudyFile:
    """What a study says, but for where its files lie on this computer."""
    said = {name: Path(value).name if name == NETWORKS else value for name, value in flat(study.file.set)}
    design = study.design.model_copy(update={"file": LIST if study.design.file else ""})
    names = [scenario.name for scenario in study.scenarios]
    return study.file.model_copy(update={"scenarios": names, "set": said, "design": design})


def study_kept(folder: Path) -> Study:
    """The study whose results lie in this folder. Raises Mistake where there is none."""
    try:
        told = read_json(inside(folder, MANIFEST))
        file = StudyFile.model_validate(told["file"])
        file = file.model_copy(
            update={"design": file.design.model_copy(update={"file": LIST if file.design.file else ""})}
        )
        inside(folder, LIST)
        text = inside(folder, STUDY).read_text("utf-8")
        scenarios = tuple(_scenario(folder, k, one) for k, one in enumerate(told["scenarios"]))
        return Study.of(file, scenarios, text, told["study"], str(folder))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Mistake(
            "no results of a study lie here",
            where=str(folder),
            found=unreadable(error),
            expected=f"a folder that `supportnet sweep` wrote, with its {MANIFEST} and {STUDY}",
            remedy="name the folder, or run the study with `supportnet sweep STUDY`",
        ) from error


def networks_name(k: int) -> str:
    """The file of interviews that scenario number k reads."""
    return f"networks-{k}.parquet"


def _told(study: Study, scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "assumes": scenario.assumes,
        "canonical": scenario.canonical(),
        "touched": touched(study, scenario),
        "parameters": scenario.every_number,
    }


def _scenario(folder: Path, k: int, told: Mapping[str, Any]) -> Scenario:
    canonical = told["canonical"]
    offered = [row["name"] for row in canonical["programmes"]]
    rows = [*canonical["programmes"], *(row for row in told["touched"] if row["name"] not in offered)]
    networks = str(inside(folder, networks_name(k))) if "networks_sha256" in canonical["population"] else ""
    scenario = Scenario.from_canonical({**canonical, "programmes": rows}, told["name"], networks)
    return scenario.with_values({name: json.dumps(told[name], ensure_ascii=False) for name in ("title", "assumes")})


def _write(goal: Path, content: bytes) -> None:
    with whole(goal) as file:
        file.write(content)
