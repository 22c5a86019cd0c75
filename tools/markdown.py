"""Parts of pages that tools write."""

from collections.abc import Sequence


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table, with its head."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in lines)


def bold(text: str, is_so: bool) -> str:
    """A text, bold if something is so."""
    return f"**{text}**" if is_so else text
