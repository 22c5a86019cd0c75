"""Calibrations of the model and of rival explanations, read from the folders that they were saved in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from supportnet.analysis.files.writing import read_csv
from supportnet.analysis.outputs.calibration import EFFECTS, POSTERIOR
from supportnet.analysis.results.left_out import read_weighed
from supportnet.analysis.results.reading import intact_provenance, not_readable
from supportnet.experiments.calibration.alternative_models import rivals
from supportnet.experiments.calibration.discrepancy import Doubles
from supportnet.experiments.execution.checked_files import UNREADABLE, unreadable
from supportnet.experiments.randomised.evidence import Evidence
from supportnet.sim.errors import UserInputError

MODEL = "model"
PATTERNS = "patterns.csv"
ALIKE = ("study_text", "code", "presets")  # of calibrations that can be compared
RANGE = ["value", "preset", "accept_lower", "accept_upper"]


class FittedModel(NamedTuple):
    """What a calibration found of the model, or of a rival."""

    study: str
    fitted_to: dict[str, Any]  # what must be the same for all
    patterns: pd.DataFrame  # as `supportnet calibrate` writes them
    evidence: Evidence  # trials
    effects: Doubles  # (draws, effects) that the model shows of them, before they weigh draws
    recognised: bool  # whether draws were kept for what it shows there; otherwise too few were good enough


def read_fits(folder: Path) -> dict[str, FittedModel]:
    """Calibrations of the model and of every rival, in subfolders of these names. Raises UserInputError where one is
    not there, or damaged, or was not fitted like the model."""
    fits = {name: read_fit(folder / name) for name in (MODEL, *rivals())}
    for name in rivals():
        check_alike(fits[MODEL], fits[name], name, folder / name)
    return fits


def read_fit(folder: Path) -> FittedModel:
    """The calibration in a folder. Raises UserInputError where there is none, or it is damaged, of another version of
    the model, or of other trials than those shipped."""
    about = intact_provenance(folder, "calibrate", [PATTERNS, POSTERIOR, EFFECTS])
    _, evidence, effects = read_weighed(folder / POSTERIOR)
    try:
        patterns = read_csv(folder / PATTERNS)
        fitted_to = {**{name: about[name] for name in ALIKE}, "ranges": patterns[RANGE].to_csv()}
        return FittedModel(about["study"], fitted_to, patterns, evidence, effects, about["recognised"])
    except UNREADABLE as error:
        raise not_readable(folder, "calibrate", f"{PATTERNS}: {unreadable(error)}") from error


def check_alike(model: FittedModel, other: FittedModel, rival: str, folder: Path) -> None:
    """Raises UserInputError where a calibration is of another rival, or to something else than the model's."""
    expected = {"study": f"{model.study}-{rival}", **model.fitted_to}
    found: Mapping[str, Any] = {"study": other.study, **other.fitted_to}
    if different := [name for name in expected if found[name] != expected[name]]:
        raise UserInputError(
            "is another rival, or was not fitted like the model", where=str(folder),
            found=f"{different[0].replace('_', ' ')} differs from that of {MODEL}",
            expected=f"the study {expected['study']}, with the same text, code, presets and ranges",
            remedy=f"calibrate again: supportnet calibrate --rival {rival} --out {folder}",
        )  # fmt: skip
