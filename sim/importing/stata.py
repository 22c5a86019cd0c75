"""Stata files as tables of texts: the codes that they hold, without their labels."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.spelling import clean_cell

if TYPE_CHECKING:
    import pandas as pd


def read_stata(raw: bytes, name: str, decimal: str) -> pd.DataFrame:
    """The observations of a Stata file; one that can't be read is a UserInputError."""
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = pd.read_stata(io.BytesIO(raw), convert_categoricals=False, convert_missing=False)
    except Exception as error:  # of many kinds, and none of them says more than its words
        remedy = "save it again in Stata (saveold), or as CSV: export delimited using data.csv, nolabel"
        what, found = "a Stata file that can't be read", str(error)[:100]
        raise UserInputError(
            what, where=name, found=found, expected="a file that Stata wrote", remedy=remedy
        ) from error
    places = [f"{name}, observation {number}" for number in range(1, len(frame) + 1)]
    cells = {column: [_text(cell, decimal) for cell in frame[column].tolist()] for column in frame.columns}
    return pd.DataFrame(cells, index=places, columns=pd.Index(list(cells), dtype=object), dtype=object)


def _text(cell: Any, decimal: str) -> str | None:
    """A value as CSV has it: whole numbers without a point, nothing where nothing is given."""
    if cell is None or cell != cell or str(cell) == "NaT":
        return None
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell).replace(".", decimal)
    return clean_cell(str(cell)) or None
