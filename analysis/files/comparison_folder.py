"""A finished comparison, read back from its folder."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from supportnet.analysis.files.result_folder import PROVENANCE, damaged_files, has_checksums
from supportnet.experiments.economics.costs import USED
from supportnet.experiments.economics.samples import StrategySamples
from supportnet.experiments.economics.years import year_ends
from supportnet.experiments.execution.checked_files import UNREADABLE, inside, read_json
from supportnet.experiments.posterior.propagation import LIVES, draws_of
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import identity, is_intact
from supportnet.sim.scenario.scenario import Scenario

OUTCOMES, TRAJECTORIES = "outcomes.parquet", "trajectories.parquet"
COLUMNS = ["scenario", "replicate", "outcome", "value"]
EXPECTED = "a folder that `supportnet compare BASELINE OTHER… --out DIR` wrote"
AGAIN = "compare again: supportnet compare BASELINE OTHER… --out DIR"


@dataclass(frozen=True)
class Finished:
    """What a comparison left behind."""

    folder: Path
    metadata: dict[str, Any]  # its provenance
    outcomes: pd.DataFrame  # scenario, replicate, outcome, value
    at_year_ends: pd.DataFrame | None = None  # the same with week, in the last week of each year; where it is kept

    @classmethod
    def read(cls, folder: Path) -> "Finished":
        """The comparison in this folder. Raises UserInputError where there is none, or where it was changed."""
        metadata = _contents(folder, PROVENANCE, read_json)
        try:
            _check(folder, metadata)
        except UserInputError:
            raise
        except UNREADABLE as error:
            raise _none(folder, f"{PROVENANCE} of something else") from error
        if damaged_files(folder, metadata, [OUTCOMES]):
            raise _changed(folder / OUTCOMES, "a checksum other than the one it was written with")
        outcomes = _contents(folder, OUTCOMES, _table)
        if wrong := _damage(outcomes, metadata):
            raise _changed(folder / OUTCOMES, wrong)
        return cls(folder, metadata, outcomes)

    def with_year_ends(self) -> "Finished":
        """The same with outcomes at the end of each year, if its folder has them. Raises UserInputError where they were
        changed."""
        path = inside(self.folder, TRAJECTORIES)
        if not path.is_file():
            return self
        if damaged_files(self.folder, self.metadata, [TRAJECTORIES]):
            raise _changed(path, "a checksum other than the one it was written with")
        rows = _contents(self.folder, TRAJECTORIES, lambda one: _rows_of_weeks(one, year_ends(self.weeks)))
        return replace(self, at_year_ends=rows)

    @property
    def names(self) -> list[str]:
        """Scenarios, the baseline first."""
        return list(self.metadata["names"])

    @property
    def scenarios(self) -> list[Scenario]:
        """Scenarios, the baseline first, without the networks that they were read from."""
        plain = (one["scenario"] for one in self.metadata["scenarios"])
        return [Scenario.from_canonical(each, name) for each, name in zip(plain, self.names, strict=True)]

    @property
    def weeks(self) -> int:
        return int(self.metadata["scenarios"][0]["scenario"]["weeks"])

    @property
    def patients(self) -> int:
        return int(self.metadata["scenarios"][0]["scenario"]["population"]["patients"])

    @property
    def posterior(self) -> str:
        """Identity of the posterior used; empty if there was none."""
        return str(self.metadata.get("posterior", ""))

    @property
    def is_checked(self) -> bool:
        """Whether damage would have been noticed; comparisons by earlier versions have no checksums."""
        return has_checksums(self.metadata)

    @property
    def own_prices(self) -> list[str]:
        """Scenarios with other unit costs than the baseline."""
        unit_costs = [
            {name: value for name, value in one["parameters"].items() if name.startswith("costs.")}
            for one in self.metadata["scenarios"]
        ]
        return [name for name, own in zip(self.names, unit_costs, strict=True) if own != unit_costs[0]]

    def samples(self, effect: str) -> StrategySamples:
        """What its replicates used, and this effect; only replicates that every scenario has whole, and with a
        posterior only draws with all their replicates. Raises UserInputError where something is
        missing."""
        known = set(self.outcomes["outcome"])
        if missing := [name for name in (*USED.values(), effect) if name not in known]:
            raise UserInputError(
                "this comparison does not record resource use", where=str(self.folder / OUTCOMES),
                found="no outcome " + ", ".join(missing), expected="a comparison by this version of the model",
                remedy=AGAIN,
            )  # fmt: skip
        table = self._complete(effect)
        draws = draws_of(list(table.index)) if self.posterior else None
        if len(table if draws is None else np.unique(draws)) < 2:
            raise UserInputError(
                "too few replicates to estimate uncertainty", where=str(self.folder),
                found=f"{len(table)} complete, of {len(self.metadata['replicates'])}",
                expected=f"at least {2 * LIVES if self.posterior else 2} that every scenario has"
                + f", {LIVES} of each draw" * bool(self.posterior),
                remedy="compare again with 20 replicates",
            )  # fmt: skip
        values = table.to_numpy(np.float64).reshape(len(table), len(self.names), -1)
        paired = not self.metadata["independent"] or bool(self.posterior)
        return StrategySamples(tuple(self.names), values[..., :-1], values[..., -1], draws, paired)

    def averages_by_year(self, effect: str) -> np.ndarray | None:
        """(years, replicates, strategies, outcomes) what is used, and the effect, at the end of each year, in the
        replicates of `samples`; outcomes: as in `USED`, and the effect. None where only the last week is kept."""
        if self.at_year_ends is None:
            return None
        replicates, ends = self._complete(effect).index, year_ends(self.weeks)
        table = self.at_year_ends.pivot(index=["week", "replicate"], columns=["scenario", "outcome"], values="value")
        table = table.reindex(index=pd.MultiIndex.from_product([ends, replicates]), columns=self._columns(effect))
        return table.to_numpy(np.float64).reshape(len(ends), len(replicates), len(self.names), -1)

    def _columns(self, effect: str) -> pd.MultiIndex:
        return pd.MultiIndex.from_product([self.names, [*USED.values(), effect]])

    def _complete(self, effect: str) -> pd.DataFrame:
        """What each scenario used and its effect, one row a replicate that all scenarios have whole, and with a
        posterior only those of draws with all their replicates."""
        wanted = self.outcomes[self.outcomes["outcome"].isin([*USED.values(), effect])]
        table = wanted.pivot(index="replicate", columns=["scenario", "outcome"], values="value")
        table = table.reindex(columns=self._columns(effect)).dropna()
        if self.posterior:
            drawn, lives = np.unique(draws_of(list(table.index)), return_counts=True)
            table = table[np.isin(draws_of(list(table.index)), drawn[lives == LIVES])]
        return table


def _contents(folder: Path, name: str, read: Callable[[Path], Any]) -> Any:
    """What a file of the folder holds. Raises UserInputError where it is not there, or no such file."""
    path = inside(folder, name)
    try:
        return read(path)
    except FileNotFoundError as error:
        raise _none(folder, f"no {name} there" if folder.is_dir() else "no such folder") from error
    except OSError as error:
        raise _none(folder, f"{name} that can't be read ({error.strerror or error})") from error
    except Exception as error:  # of a damaged file anything may be wrong
        raise _none(folder, f"{name} that is damaged, or of something else") from error


def _table(path: Path) -> pd.DataFrame:
    """Outcomes of a comparison; their texts are looked at, for a damaged one is found only then."""
    table = pd.read_parquet(path, columns=COLUMNS)
    return table.assign(**{name: table[name].map(str) for name in ("scenario", "outcome")})


def _rows_of_weeks(path: Path, weeks: list[int]) -> pd.DataFrame:
    """Outcomes of a comparison in these weeks."""
    table = pd.read_parquet(path, columns=[*COLUMNS, "week"], filters=[("week", "in", weeks)])
    return table.assign(**{name: table[name].map(str) for name in ("scenario", "outcome")})


def _changed(path: Path, found: str) -> UserInputError:
    return UserInputError(
        "is not as the comparison wrote it", where=str(path), found=found,
        expected="each scenario, replicate and outcome once, with a number", remedy=AGAIN,
    )  # fmt: skip


def _none(folder: Path, found: str) -> UserInputError:
    below = sorted(folder.glob("*/differences.csv"))
    remedy = f"use the one below it: {below[0].parent}" if below else "check the path, or compare first"
    what = "there is no comparison here"
    return UserInputError(what, where=str(folder), found=found, expected=EXPECTED, remedy=remedy)


def _damage(outcomes: pd.DataFrame, metadata: dict[str, Any]) -> str:
    """What is wrong with the outcomes of a comparison, in words."""
    kinds = {name: outcomes[name].dtype.kind for name in ("replicate", "value")}
    if kinds != {"replicate": "i", "value": "f"}:
        return "replicates or values that are no numbers"
    if differ := {*outcomes["scenario"]} ^ {*metadata["names"]}:
        return "not the scenarios compared: " + ", ".join(sorted(map(str, differ)))
    if not {*outcomes["replicate"]} <= {*metadata["replicates"]}:
        return "replicates that were not compared"
    return "rows that come twice" * bool(outcomes.duplicated(COLUMNS[:-1]).any())


class ScenarioMetadata(BaseModel):
    """A scenario as a comparison writes it down."""

    model_config = ConfigDict(strict=True)

    scenario: dict[str, Any]
    parameters: dict[str, float]


class ComparisonMetadata(BaseModel):
    """The shape of what `compare` writes, as far as others read it."""

    model_config = ConfigDict(strict=True)

    names: list[str]
    titles: list[str]
    assumptions: list[str]
    scenarios: list[ScenarioMetadata]
    seed: int
    replicates: list[int]
    independent: bool
    posterior: str = ""
    fixed: list[list[str]] = []


def _check(folder: Path, metadata: dict[str, Any]) -> None:
    if metadata["command"] != "compare":
        raise UserInputError(
            "these are not the results of a comparison", where=str(folder), found=f"those of {metadata['command']}",
            expected=EXPECTED, remedy="name the folder of a comparison, or compare first",
        )  # fmt: skip
    if len(metadata["names"]) < 2:
        raise UserInputError(
            "is not a comparison: there is nothing to compare costs with", where=str(folder), found=metadata["command"],
            expected=EXPECTED, remedy="compare a baseline with at least one other scenario",
        )  # fmt: skip
    if len(ComparisonMetadata.model_validate(metadata).scenarios) != len(metadata["names"]):
        raise ValueError("as many names as scenarios")
    if metadata["run_identity"] != identity(metadata) or not is_intact(metadata):
        raise UserInputError(
            "was changed since it was written", where=str(folder / PROVENANCE),
            found="contents that do not fit the identity or checksum", expected=EXPECTED, remedy=AGAIN,
        )  # fmt: skip
