"""`supportnet cache`: cached files, which can always be made again."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from supportnet.analysis.commands.options import Json, Quiet

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.sim.storage.cache import Kept

MEGABYTE = 1e6

cache = typer.Typer(help="Manage cached files.", no_args_is_help=True)


@cache.callback()
def cache_help() -> None:
    """Manage cached files: compiled code and burned-in populations. All of them can be made again."""


@cache.command("list", short_help="List cached files with their sizes.")
def list_kept(as_json: Json = False, quiet: Quiet = False) -> None:
    """List compiled code and burned-in populations in the cache with their sizes, most recently used first.

    \b
    Examples:
      supportnet cache list
      supportnet cache list --json
    """
    from supportnet.analysis.commands.output import Output
    from supportnet.sim.storage.cache import cache_folder, kept_files

    output, found = Output(as_json, quiet), sorted(kept_files(), key=lambda one: -one.used)
    output.show(kept_table(found))
    total = sum(one.size for one in found)
    output.note(f"{total / MEGABYTE:,.0f} MB in {cache_folder()}. To delete them all: supportnet cache clear")
    files: list[dict[str, Any]] = [
        {"name": one.path.name, "kind": one.kind, "bytes": one.size, "used": one.used} for one in found
    ]
    output.answer({"folder": str(cache_folder()), "bytes": total, "kept": files})


def kept_table(found: "Sequence[Kept]") -> "Table":
    """Table of cached files with their sizes."""
    from supportnet.analysis.commands.table_layout import empty_table

    table = empty_table("", "name", ("MB",), "last used", "what it is")
    for one in found:
        when = datetime.fromtimestamp(one.used).strftime("%Y-%m-%d %H:%M")
        table.add_row(one.path.name, f"{one.size / MEGABYTE:,.1f}", when, one.kind)
    return table


@cache.command("clear", short_help="Delete cached files; the next run makes what it needs again.")
def clear_kept(as_json: Json = False, quiet: Quiet = False) -> None:
    """Delete compiled code and burned-in populations. The next run makes what it needs again, in about a minute.

    \b
    Examples:
      supportnet cache clear
      supportnet cache clear --json
    """
    from supportnet.analysis.commands.output import Output
    from supportnet.sim.storage.cache import cache_folder, delete, kept_files

    output, deleted = Output(as_json, quiet), [one for one in kept_files() if delete(one)]
    total = sum(one.size for one in deleted)
    output.note(f"Deleted {total / MEGABYTE:,.0f} MB from {cache_folder()}.")
    output.answer({"folder": str(cache_folder()), "bytes": total, "deleted": [one.path.name for one in deleted]})
