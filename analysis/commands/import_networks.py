"""`supportnet import`: ego networks from real studies."""

from pathlib import Path
from typing import Annotated

import typer

from analysis.commands.options import Json, Out, Quiet


def import_networks(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="The exported files: a folder, or one file.")],
    mapping: Annotated[
        Path | None,
        typer.Option(help="What the columns mean; default: mapping.toml beside the data.", show_default=False),
    ] = None,
    out: Out = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ego networks from Network Canvas, egor-style or other CSV files: a network file that a scenario can use.

    \b
    Examples:
      supportnet import interviews/ --out imported
      supportnet import my-study --mapping my-study.toml --out imported

    Then, in a scenario file: [population] networks = "imported/networks.parquet"
    """
    from analysis.commands.telling import Telling
    from sim.importing import import_networks as read

    tell = Telling(as_json, quiet)
    folder = out or Path("results", f"import-{source.resolve().stem}")
    report = read(source, mapping, folder)
    tell.note(report.text() if not as_json else f"Networks: {folder}")
    if not as_json:
        tell.note(f"\nIn a scenario file: [population] networks = {(folder / 'networks.parquet').as_posix()!r}")
    files = {name: str(folder / name) for name in report.files.values()}
    tell.answer({**report.as_dict(), "files": files})
