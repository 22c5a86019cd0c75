"""How things show themselves in a line and in a notebook."""

from collections.abc import Mapping
from html import escape

MOST_ROWS = 15


def card(title: str, about: str, rows: Mapping[str, object], says: str = "") -> str:
    """HTML of a title, a line about it, a sentence or more, and a table of names and values; all of it escaped."""
    shown = list(rows.items())[:MOST_ROWS]
    cells = "".join(
        f'<tr><td style="text-align:left">{escape(name)}</td><td style="text-align:left">{escape(str(value))}</td></tr>'
        for name, value in shown
    )
    paragraph = f"<p>{escape(says)}</p>" if says else ""
    more = f"<small>and {len(rows) - len(shown):,} more</small>" if len(rows) > len(shown) else ""
    table = f"<table><tbody>{cells}</tbody></table>{more}" if cells else ""
    return f"<div><strong>{escape(title)}</strong><br>{escape(about)}{paragraph}{table}</div>"


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: 1 week, 2 weeks, 1,000 people."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
