"""A finished comparison, read back from its folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.folder import PROVENANCE
from experiments.economics.costs import USED
from experiments.economics.lived import Lived
from experiments.uncertainty import LIVES, draws_of
from sim.mistakes import Mistake
from sim.provenance import identity

OUTCOMES = "outcomes.parquet"
EXPECTED = "a folder that `supportnet compare BASELINE OTHER… --out DIR` wrote"
AGAIN = "compare again: supportnet compare BASELINE OTHER… --out DIR"


@dataclass(frozen=True)
class Finished:
    """What a comparison left behind."""

    folder: Path
    told: dict[str, Any]  # its provenance
    outcomes: pd.DataFrame  # scenario, replicate, outcome, value

    @classmethod
    def read(cls, folder: Path) -> "Finished":
        """The comparison in this folder. Raises Mistake where there is none, or where it was changed."""
        try:
            told = json.loads((folder / PROVENANCE).read_text("utf-8"))
            _check(folder, told)
            outcomes = pd.read_parquet(folder / OUTCOMES, columns=["scenario", "replicate", "outcome", "value"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Mistake(
                "no comparison lies here", where=str(folder), found=f"{type(error).__name__}: {str(error)[:100]}",
                expected=EXPECTED, remedy="check the path, or compare first",
            ) from error  # fmt: skip
        return cls(folder, told, outcomes)

    @property
    def names(self) -> list[str]:
        """Scenarios, the baseline first."""
        return list(self.told["names"])

    @property
    def weeks(self) -> int:
        return int(self.told["scenarios"][0]["scenario"]["weeks"])

    @property
    def patients(self) -> int:
        return int(self.told["scenarios"][0]["scenario"]["population"]["patients"])

    @property
    def posterior(self) -> str:
        """Identity of the draws that it was lived by; nothing where it was not."""
        return str(self.told.get("posterior", ""))

    @property
    def own_prices(self) -> list[str]:
        """Scenarios with other unit costs than the baseline."""
        unit_costs = [
            {name: value for name, value in one["parameters"].items() if name.startswith("costs.")}
            for one in self.told["scenarios"]
        ]
        return [name for name, own in zip(self.names, unit_costs, strict=True) if own != unit_costs[0]]

    def lived(self, effect: str) -> Lived:
        """What its replicates used, and this effect; only replicates that every scenario has whole, and with a
        posterior only draws that were lived as often as they should. Raises Mistake where something is missing."""
        known = set(self.outcomes["outcome"])
        if missing := [name for name in (*USED.values(), effect) if name not in known]:
            raise Mistake(
                "this comparison does not say what was used", where=str(self.folder / OUTCOMES),
                found="no outcome " + ", ".join(missing), expected="a comparison by this version of the model",
                remedy=AGAIN,
            )  # fmt: skip
        wanted = self.outcomes[self.outcomes["outcome"].isin([*USED.values(), effect])]
        table = wanted.pivot(index="replicate", columns=["scenario", "outcome"], values="value").dropna()
        columns = pd.MultiIndex.from_product([self.names, [*USED.values(), effect]])
        if self.posterior:
            lived_by, lives = np.unique(draws_of(list(table.index)), return_counts=True)
            table = table[np.isin(draws_of(list(table.index)), lived_by[lives == LIVES])]
        draws = draws_of(list(table.index)) if self.posterior else None
        if len(table if draws is None else np.unique(draws)) < 2:
            raise Mistake(
                "too few replicates to tell luck from effect", where=str(self.folder),
                found=f"{len(table)} that count, of {len(self.told['replicates'])}",
                expected=f"at least {2 * LIVES if self.posterior else 2} that every scenario has"
                + f", {LIVES} of each draw" * bool(self.posterior),
                remedy="compare again with --replicates 20",
            )  # fmt: skip
        values = table.reindex(columns=columns).to_numpy(np.float64).reshape(len(table), len(self.names), -1)
        paired = not self.told["independent"] or bool(self.posterior)
        return Lived(tuple(self.names), values[..., :-1], values[..., -1], draws, paired)


def _check(folder: Path, told: dict[str, Any]) -> None:
    if told["command"] != "compare" or len(told["names"]) < 2:
        raise Mistake(
            "is not a comparison: there is nothing to compare costs with", where=str(folder), found=told["command"],
            expected=EXPECTED, remedy="compare a baseline with at least one other scenario",
        )  # fmt: skip
    if told["run_identity"] != identity(told):
        raise Mistake(
            "was changed since it was written", where=str(folder / PROVENANCE),
            found="contents that do not fit the run identity", expected=EXPECTED, remedy=AGAIN,
        )  # fmt: skip
