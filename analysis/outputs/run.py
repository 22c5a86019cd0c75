"""The files of a run."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import Parts, write_csv, write_json, write_parquet
from supportnet.experiments.ensemble.ensemble import Ensemble
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.ensemble.recording import who_is_who
from supportnet.sim.measurement.agreement import agreement
from supportnet.sim.network_file.cache import cached_networks, digests_of
from supportnet.sim.network_file.format import alter_ties_beside
from supportnet.sim.provenance import provenance
from supportnet.sim.scenario.scenario import Scenario

NETWORKS = "networks.parquet"  # the interviews that a scenario reads, kept so that the folder is enough to run again
OTHER_NETWORKS = "networks-{}.parquet"  # of further scenarios of a comparison, with the start of each SHA-256
INTERVIEWS = "interviews.csv"  # who of the run is who of the interviews


def keep_networks(scenarios: Iterable[Scenario], folder: Path) -> None:
    """Copies the interviews that scenarios read, with ties among supporters beside them, each such pair once."""
    files = {digests_of(one.networks): one.networks for one in scenarios if one.networks}
    for position, (digests, networks) in enumerate(files.items()):
        kept = folder / (other_networks(digests) if position else NETWORKS)
        shutil.copyfile(networks, kept)
        if (alter_ties := alter_ties_beside(networks)).is_file():
            shutil.copyfile(alter_ties, alter_ties_beside(kept))


def other_networks(digests: Iterable[str]) -> str:
    """The name of the interviews of a further scenario; digests: theirs, and of ties among supporters."""
    return OTHER_NETWORKS.format("-".join(one[:8] for one in digests if one))


class RunFiles:
    """Writes the files of a run into a folder, recorded tables while it goes on."""

    def __init__(self, folder: Path, scenario: Scenario) -> None:
        self._folder, self._scenario = folder, scenario
        self._recorded: dict[str, Parts] = {}

    def __enter__(self) -> "RunFiles":
        return self

    def __exit__(self, *error: object) -> None:
        for parts in self._recorded.values():
            parts.__exit__()

    def keep(self, name: str, table: pd.DataFrame) -> None:
        """Add the rows that one replicate recorded."""
        if name not in self._recorded:
            self._recorded[name] = Parts(self._folder / f"{name}.parquet")
        self._recorded[name].add(table)

    def finish(self, results: Ensemble) -> None:
        """Everything else, once the run is over."""
        from supportnet.analysis.figures.run import run_figure  # slow to load, so not before the first week
        from supportnet.analysis.figures.style import save_figure

        folder = self._folder
        for parts in self._recorded.values():
            parts.__exit__()
        if self._scenario.networks:
            keep_networks([self._scenario], folder)
            networks, n = cached_networks(self._scenario.networks), self._scenario.population.patients
            write_csv(who_is_who(networks, n, results.seed, results.replicates), folder / INTERVIEWS)
        write_csv(results.outcomes, folder / "outcomes.csv")
        write_parquet(results.outcomes, folder / "outcomes.parquet")
        write_parquet(results.trajectories, folder / "trajectories.parquet")
        if "ties" in self._recorded:
            write_csv(agreement(pd.read_parquet(folder / "ties.parquet")), folder / "agreement.csv", index=True)
        save_figure(run_figure(results), folder)
        scenario = results.scenario
        labels = {"name": scenario.name, "title": scenario.title, "assumes": scenario.assumes}
        labels["interval"] = contains(results.posterior)
        write_json(provenance(results.plan.request, labels), folder / PROVENANCE)
        self.names = sorted(path.name for path in folder.iterdir())
