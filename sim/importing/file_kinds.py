"""Files that are no delimited text, known by how they begin, and the way out for each."""

from __future__ import annotations

import io
import zipfile
from typing import NamedTuple

from supportnet.sim.errors import UserInputError


class Kind(NamedTuple):
    """A kind of file, and how to get a text file from it."""

    what: str
    way_out: str


SHEET = "save each sheet as a CSV file in UTF-8 (Excel: File, Save as, CSV UTF-8), and name that file in the mapping"
IN_R = 'save it as CSV, for example in R: write.csv({}, "data.csv", row.names = FALSE), and name that in the mapping'
TABLE = "copy its table into a spreadsheet, save that as a CSV file in UTF-8, and name that file in the mapping"
ANEW = "export the table as CSV, and name that file in the mapping"
WORKBOOK = Kind("an Excel workbook", SHEET)
SPREADSHEET = Kind("a LibreOffice spreadsheet", SHEET)
DOCUMENT = Kind("a Word document", TABLE)
NUMBERS = Kind("an Apple Numbers document", "in Numbers: File, Export To, CSV, Unicode (UTF-8); then name that file")
STATA = Kind("a Stata file", "")
ZIP = Kind("a ZIP archive", "unzip it, or give the archive itself instead of the folder")
SPSS = Kind("an SPSS file", "in SPSS: File, Export, CSV Data; or " + IN_R.format('haven::read_sav("data.sav")'))
BEGINNINGS = {
    b"\xd0\xcf\x11\xe0": Kind("an old Excel workbook (.xls) or Word document", SHEET),
    b"<stata_dta>": STATA,
    b"$FL2": SPSS,
    b"$FL3": SPSS,
    b"\0" * 12 + b"\xc2\xea\x81\x60": Kind("a SAS file", IN_R.format('haven::read_sas("data.sas7bdat")')),
    b"\0\1\0\0Standard ": Kind("an Access data base", ANEW),
    b"ASCII SPSS PORT FILE": SPSS,
    b"HEADER RECORD*******": Kind("a SAS transport file", IN_R.format('haven::read_xpt("data.xpt")')),
    b"RDX": Kind("an R workspace", IN_R.format("the_data_frame")),
    b"\x1f\x8b": Kind("a compressed file (gzip, or R's .rds)", "unpack it; R's: " + IN_R.format('readRDS("data.rds")')),
    b"BZh": Kind("a compressed file (bzip2)", "unpack it"),
    b"\xfd7zXZ": Kind("a compressed file (xz)", "unpack it"),
    b"7z\xbc\xaf": Kind("a 7-Zip archive", "unpack it"),
    b"%PDF": Kind("a PDF document", TABLE),
    b"{\\rtf": Kind("a rich text document", TABLE),
    b"PAR1": Kind("a Parquet file", ANEW),
    b"SQLite format 3": Kind("an SQLite data base", ANEW),
    b"\x89PNG": Kind("a picture", TABLE),
    b"\xff\xd8\xff": Kind("a picture", TABLE),
}
OF_NO_TEXT = {
    ".xlsx", ".xlsm", ".xls", ".ods", ".numbers", ".sav", ".zsav", ".por", ".sas7bdat", ".xpt", ".rds", ".rda",
    ".docx", ".doc", ".rtf", ".pdf", ".gz", ".7z", ".parquet", ".sqlite", ".db", ".mdb", ".xml", ".json", ".html",
    ".zip",
}  # fmt: skip
IN_ARCHIVES = {
    "xl/": WORKBOOK,
    "word/": DOCUMENT,
    "Index/Document.iwa": NUMBERS,
    "content.xml": SPREADSHEET,
}
WEB_PAGE = Kind(
    "a web page", "if a spreadsheet opens it as a table, save that as CSV; else log in again, and export the data anew"
)
MARKED_UP = {
    b"<!doctype html": WEB_PAGE,
    b"<html": WEB_PAGE,
    b"<table": WEB_PAGE,
    b"<?xml": Kind("an XML file", f"if a spreadsheet opens it, {SHEET}"),
    b'{"': Kind("a JSON file", ANEW),
    b"[{": Kind("a JSON file", ANEW),
}
BINARY = Kind("no text file", "export it as CSV from the program that wrote it")


def kind_of(raw: bytes) -> Kind | None:
    """The kind of a file that is no text, as far as its beginning says; None for what may be text."""
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(raw)
    for beginning, kind in BEGINNINGS.items():
        if raw.startswith(beginning):
            return kind
    if b"g" <= raw[:1] <= b"s" and raw[1:2] in (b"\x01", b"\x02"):
        return STATA  # formats before 117
    begin = raw[:500].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((kind for beginning, kind in MARKED_UP.items() if begin.startswith(beginning)), None)


def refuse_binary(raw: bytes, name: str) -> None:
    """A UserInputError with the way out for a file that is no text."""
    if kind := kind_of(raw):
        raise not_text(name, kind)


def not_text(name: str, kind: Kind) -> UserInputError:
    """What to tell of a file of this kind."""
    expected = "a delimited text file, such as CSV"
    return UserInputError("not a text file", where=name, found=kind.what, expected=expected, remedy=kind.way_out)


def _kind_of_archive(raw: bytes) -> Kind:
    """What a ZIP archive is: office documents are archives too."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ZIP  # a damaged one is told as what it is when it is read
    for beginning, kind in IN_ARCHIVES.items():
        if any(name.startswith(beginning) for name in names):
            return kind
    return ZIP
