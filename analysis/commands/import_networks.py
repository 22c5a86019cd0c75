"""`supportnet import`: ego networks from real studies."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportnet.analysis.commands.options import Json, Out, Quiet

if TYPE_CHECKING:
    from supportnet.experiments.execution.capacity import Needs

MEMORY, SECONDS = 22.0, 2.6e-7  # bytes and seconds for each byte read
TABLES = (".csv", ".tsv", ".txt", ".dta", ".graphml")


def import_networks(
    source: Annotated[
        Path, typer.Argument(metavar="SRC", help="The exported files: a folder, a ZIP archive or one file.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(help="File that says what the columns mean. [mapping.toml beside the data]", show_default=False),
    ] = None,
    draft: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write a draft mapping to this new file, and import nothing.", show_default=False
        ),
    ] = None,
    out: Out = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Convert ego networks from Network Canvas, egor-style or other CSV files to a network file for scenarios.

    \b
    Examples:
      supportnet import my-study --draft my-study.toml
      supportnet import my-study --mapping my-study.toml --out imported

    Then, in a scenario file: [population] networks = "imported/networks.parquet"
    """
    from supportnet.analysis.commands.options import afford
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import LONGEST
    from supportnet.experiments.execution.interruption import interruption
    from supportnet.sim.errors import UserInputError
    from supportnet.sim.importing.drafting import draft_mapping
    from supportnet.sim.importing.importer import import_interviews

    output = Output(as_json, quiet)
    if draft is not None:
        if mapping or out:
            remedy = "draft first, then import with --mapping and --out"
            raise UserInputError(
                "cannot be combined with other options",
                where="--draft",
                found=str(mapping or out),
                expected="no more",
                remedy=remedy,
            )
        kind = draft_mapping(source, draft).export
        output.note(
            f"Mapping: {draft}" + (f", for {kind}" if kind else "") + "; check its guesses, then import with --mapping"
        )
        output.answer({"draft": str(draft), "export": kind})
        return
    afford(needs_of(source), "the number of files in the folder, or import them in parts", output)
    folder = out or Path("results", f"import-{Path(os.path.realpath(source)).stem[:LONGEST]}")
    with output.progress("Reading networks"):
        report = import_interviews(source, mapping, folder)
    interruption.is_complete(folder)
    output.note(report.text() if not as_json else f"Networks: {folder}")
    if not as_json:
        output.note(f"\nIn a scenario file: [population] networks = {(folder / 'networks.parquet').as_posix()!r}")
    files = {name: str(folder / name) for name in report.files.values()}
    output.answer({**report.as_dict(), "files": files})


def needs_of(source: Path) -> "Needs":
    """Memory and time that reading takes, from the size of possible tables; archives are small, or refused."""
    from itertools import islice

    from supportnet.experiments.execution.capacity import PROCESS, START, Needs
    from supportnet.sim.importing.sources import MOST_FILES

    paths = [source] if source.is_file() else list(islice(source.rglob("*"), MOST_FILES))
    size = sum(path.stat().st_size for path in paths if path.suffix.lower() in TABLES and path.is_file())
    return Needs(PROCESS + MEMORY * size, START + SECONDS * size)
