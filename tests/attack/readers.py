"""Every command that reads files of a kind, with sound ones to begin with."""

from pathlib import Path
from typing import NamedTuple

from tests.attack.samples import SIZE

RUN = ("--workers", "1", "--uncertainty", "none", "--replicates", "2", "--out", "out")
SHORT = (*SIZE, "--replicates", "2", "--out", "out")
OUT = ("--out", "out")
TELL_INPUT = ("out/networks.parquet", "out/provenance.json", "out/figure.png", "out/figure.svg")
MAPPING = "pair/mapping.toml"


class Reader(NamedTuple):
    """A command that reads some files."""

    name: str
    inputs: tuple[str, ...]  # samples that it needs
    changed: str  # which files of them are damaged: patterns below the case's folder
    words: tuple[str, ...]
    share: int = 10  # how often it is attacked
    kept: bool = False  # its files were written by the project, whose damage must never pass in silence
    follows: tuple[str, ...] = ()  # files that tell or copy what was read, to the byte: they differ when it does

    def files(self, folder: Path) -> list[Path]:
        return sorted(path for pattern in self.changed.split() for path in folder.glob(pattern) if path.is_file())


READERS = (
    Reader("scenario", ("scenario.toml",), "*.toml", ("scenarios", "scenario.toml", "--json"), 60),
    Reader("scenario that runs", ("scenario.toml",), "*.toml", ("run", "scenario.toml", *SHORT), 20),
    Reader("study", ("mine.toml",), "*.toml", ("study", "check", "mine.toml", "--workers", "1"), 40),
    Reader("study that runs", ("mine.toml",), "*.toml", ("sweep", "mine.toml", "--workers", "1", *OUT), 20),
    Reader("design list", ("list.toml", "points.csv"), "*.csv", ("sweep", "list.toml", "--workers", "1", *OUT), 20),
    Reader("mapping", ("pair",), "pair/mapping.toml", ("import", "pair", *OUT), 60),
    Reader("CSV", ("pair",), "pair/*.csv", ("import", "pair", *OUT), 100),
    Reader("Network Canvas CSV", ("interviews",), "interviews/*.csv", ("import", "interviews", *OUT), 40),
    Reader("CSV, a row a person", ("wide",), "wide/*", ("import", "wide", *OUT), 30),
    Reader("archive", ("pair.zip", "pair"), "*.zip", ("import", "pair.zip", "--mapping", MAPPING, *OUT), 30),
    Reader("Stata", ("stata",), "stata/*.dta", ("import", "stata", *OUT), 30),
    Reader("GraphML", ("interviews",), "interviews/P05*.graphml",
           ("import", "interviews/P05_29cdb60b-032f-47c7-9bb5-d7a354934328.graphml", "--mapping",
            "interviews/mapping.toml", *OUT), 60),
    Reader("networks.parquet", ("interviewed.toml", "networks.parquet"), "*.parquet",
           ("run", "interviewed.toml", *RUN), 40, True, TELL_INPUT),
    Reader("prices", ("all/compare", "prices.toml"), "*.toml",
           ("economics", "all/compare", "--costs", "prices.toml", *OUT), 20),
    Reader("posterior", ("posterior.parquet",), "*.parquet",
           ("run", "today", "--patients", "20", "--weeks", "4", "--workers", "1", "--replicates", "4", "--posterior",
            "posterior.parquet", *OUT), 30, True),
    Reader("run --from", ("run",), "run/provenance.json", ("run", "--from", "run/provenance.json", *OUT), 40, True),
    Reader("run --from interviews", ("interviewed",), "interviewed/networks.parquet",
           ("run", "--from", "interviewed", *OUT), 20, True),
    Reader("economics", ("all/compare",), "all/compare/*", ("economics", "all/compare", *OUT), 30, True),
    Reader("report", ("all",), "all/*/*", ("report", "all", "--ledger", "0", "--workers", "1"), 40, True),
    Reader("results", ("swept",), "swept/* swept/runs/*", ("results", "swept", "--csv", "out.csv"), 40, True),
    Reader("results of a list", ("listed",), "listed/* listed/runs/*", ("results", "listed", "--csv", "out.csv"), 20,
           True),
    Reader("sensitivity", ("swept",), "swept/* swept/runs/*",
           ("sensitivity", "swept", "--method", "pawn", "--resamples", "20", "--workers", "1"), 10, True),
    Reader("sweep again", ("swept", "mine.toml"), "swept/* swept/runs/*",
           ("sweep", "mine.toml", "--workers", "1", "--out", "swept"), 30, True),
)  # fmt: skip
BY_NUMBER = tuple(reader for reader in READERS for _ in range(reader.share))
