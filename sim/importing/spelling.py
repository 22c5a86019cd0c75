"""One spelling for what programs write in several ways: cells, codes, numbers."""

import math
import re
from unicodedata import normalize

INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
AROUND = INVISIBLE + "".join(filter(str.isspace, map(chr, range(0x3001))))  # no-break spaces and the like too
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
WHOLE = re.compile(r"-?[0-9]+(\.0+|,00?)", re.ASCII)
ERROR = re.compile(r"#(N/A|NV|[A-ZÀ-Þ/0]{3,}[!?])")  # of a spreadsheet's formula
MONTHS = (
    "jan feb fev fév mar mär mrz apr avr abr may mai maj mag jun jui jul lug giu aug aoû ago sep set oct okt out ott"
    " nov dec déc dez des dic ene gen"
)
MONTH = rf"(?:{MONTHS.replace(' ', '|')})[^\W\d_]*\.?"
DATE = re.compile(  # what spreadsheets make of 1-2, 1/2 or 1.2
    rf"[0-9]{{1,2}}[-. /]+{MONTH}|{MONTH}[-. /]+[0-9]{{2}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}.*"
    r"|[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{4}.*",
    re.IGNORECASE,
)
QUOTES = "\"'‘’‚‛“”„‟«»‹›"


def clean_cell(cell: str) -> str:
    """A cell without what nobody sees: blanks around it, and two ways to write one accented letter."""
    return cell.strip() if cell.isascii() else normalize("NFC", cell.strip(AROUND))


def canonical_code(code: str) -> str:
    """One spelling for codes that mean the same: TRUE and true, 3 and 3.0."""
    return without_decimals(" ".join(clean_cell(code).casefold().split()))


def without_decimals(text: str) -> str:
    """A whole number without its decimals, if it is one: 3 for 3.0 and 3,0."""
    return re.split("[.,]", text)[0] if WHOLE.fullmatch(text) else text


def loosely(name: str) -> str:
    """One spelling for what looks alike: without case, width, blanks, quotation marks and leading zeros."""
    plain = normalize("NFKC", name).casefold()
    plain = "".join(character for character in plain if character not in QUOTES + AROUND)
    return re.sub(r"(?<![0-9.])0+(?=[0-9])", "", plain)


def parse_number(text: str, decimal: str = ".") -> float:
    """The number that a text says, with this decimal mark; NaN for any other text, and for infinity."""
    plain = text.replace("\u2212", "-")
    if decimal == ",":
        plain = plain.replace(".", " ").replace(",", ".")
    value = float(plain) if NUMBER.fullmatch(plain) else math.nan
    return value if math.isfinite(value) else math.nan


def written_alike(cells: list[str], codes: list[str], decimal: str = ".") -> set[str]:
    """Those of the cells that are one of the codes; numbers in any spelling (-9 and -9.0)."""
    exact = {clean_cell(code) for code in codes}
    values = [parse_number(clean_cell(code), mark) for code in codes for mark in (".", decimal)]
    values = [value for value in values if not math.isnan(value)]
    return {cell for cell in cells if cell in exact or parse_number(cell, decimal) in values}
