"""Files as programs write them: encodings, what spreadsheets leave behind, rows of no answers, files of no text."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.account import percent
from tests.test_import_layouts import FLAT, imported, packed, ties_in

MAPPING = """[ties]
files = "ties.csv"
patient = "person"
supporter = "helper"
role = { column = "role" }
strength = { column = "close", scale = [1, 5] }
"""
ROWS = "person,helper,role,close\nZoë,1,friend,3\nZoë,2,family,5\nBo,1,peer,2\n"
IMPORT_IDS = ",".join(['"{""ImportId"":""Q""}"'] * 4) + "\n"
READ = [("Zoë", "1", "friend", 0.5), ("Zoë", "2", "family", 1.0), ("Bo", "1", "peer", 0.25)]


@pytest.mark.parametrize(
    "content",
    {
        "UTF-8": ROWS.encode(),
        "UTF-8 with a mark": ROWS.encode("utf-8-sig"),
        "UTF-16": ROWS.encode("utf-16"),
        "UTF-16, high byte first": b"\xfe\xff" + ROWS.encode("utf-16-be"),
        "UTF-16 without a mark": ROWS.encode("utf-16-le"),
        "UTF-16 without a mark, high byte first": ROWS.encode("utf-16-be"),
        "decomposed accents": ROWS.replace("ë", "e\u0308", 1).encode(),
        "Windows": ROWS.replace("\n", "\r\n").encode(),
        "old Mac": ROWS.replace("\n", "\r").encode(),
        "Excel's first line": b"sep=;\r\n" + ROWS.replace(",", ";").encode(),
        "Excel's first line, in UTF-16": ("sep=\t\r\n" + ROWS.replace(",", "\t")).encode("utf-16"),
        "Excel's first line, in capitals": b"SEP=;\n" + ROWS.replace(",", ";").encode(),
        "Excel's first line, of an old Mac": ("sep=;\n" + ROWS.replace(",", ";")).replace("\n", "\r").encode(),
        "Excel's first line, saved anew": b"sep=;;;;\n" + ROWS.replace(",", ";").encode(),
        "cells in quotation marks after blanks": "\n".join(
            ", ".join(f'"{cell}"' for cell in row.split(",")) for row in ROWS.split()
        ).encode(),
        "an end as DOS has it": ROWS.encode() + b"\x1a",
        "no-break spaces": ROWS.replace(",", "\u00a0,\u00a0").encode(),
        "invisible characters": ROWS.replace(",", "\u200b,\ufeff").encode(),
        "cells in quotation marks": "\n".join(
            ",".join(f'"{cell}"' for cell in row.split(",")) for row in ROWS.split()
        ).encode(),
        "numbers with a point": ROWS.replace("3\n", "3.0\n").encode(),
        "numbers with blanks": ROWS.replace("3\n", " 3 \n").encode(),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_text__is_read_as_written(tmp_path: Path, content: tuple[str, bytes]) -> None:
    _, rows = imported(tmp_path, {"ties.csv": content[1]}, MAPPING)
    assert ties_in(rows) == READ


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (ROWS + ",,,\n,,,\n", {"nothing stands in them": ["ties.csv, line 5", "ties.csv, line 6"]}),
        (ROWS.replace("\n", ",,\n"), {}),
        (ROWS + "\n\n", {}),
        (",,,\n" + ROWS, {}),
        (
            ROWS.replace("Bo", "\ufeffperson,helper,role,close\nBo"),
            {"the names of the columns again": ["ties.csv, line 4"]},
        ),
        (
            ROWS.replace("close\n", 'close\nWho?,"Which\none?",Role?,Close?\n' + IMPORT_IDS),
            {"Qualtrics' questions and ImportIds, no answers": ["ties.csv, line 2", "ties.csv, line 4 (row 3)"]},
        ),
        (
            ROWS.replace("close\n", "close\n" + ",".join(['"{\'ImportId\': \'Q\'}"'] * 4) + "\n"),
            {"Qualtrics' questions and ImportIds, no answers": ["ties.csv, line 2"]},
        ),
    ],
)  # fmt: skip
def test_rows_without_answers__are_left_out_and_told(tmp_path: Path, text: str, left: dict[str, list[str]]) -> None:
    report, rows = imported(tmp_path, {"ties.csv": text}, MAPPING)
    assert ties_in(rows) == READ
    assert {one.reason: one.places for one in report.left_out} == left


def test_skipped_rows__are_told(tmp_path: Path) -> None:
    text = "Some title\n" + ROWS.replace("Zoë,1", "Who?,Whom?,Role?,Close?\nZoë,1") + "total,3,,\n"
    report, rows = imported(tmp_path, {"ties.csv": text}, "skip_rows = [1, 3, 7]\n" + MAPPING)
    assert ties_in(rows) == READ
    (left,) = report.left_out
    assert left == ("rows", ["ties.csv, line 1", "ties.csv, line 3", "ties.csv, line 7"], "the mapping says skip_rows")


def test_columns_without_a_name__are_told_where_they_hold_anything(tmp_path: Path) -> None:
    text = "".join(f"{'' if i == 0 else i},{row},,{'x' if i else ''}\n" for i, row in enumerate(ROWS.split()))
    report, rows = imported(tmp_path, {"ties.csv": text}, MAPPING)
    assert ties_in(rows) == READ
    assert report.not_copied == {"ties": ["column 1 (no name)", "column 7 (no name)"]}


def test_encoding_of_the_mapping__never_spoils_letters_of_utf_8(tmp_path: Path) -> None:
    report, rows = imported(tmp_path, {"ties.csv": ROWS}, 'encoding = "cp1252"\n' + MAPPING)
    assert ties_in(rows) == READ
    assert "ties.csv is read as UTF-8, which its bytes are, though the mapping says cp1252" in report.notes


def test_encoding_of_the_mapping__that_gives_no_letters_is_told(tmp_path: Path) -> None:
    text = ROWS.replace("Bo", "O’Brien").encode("cp1252")
    report, _ = imported(tmp_path, {"ties.csv": text}, 'encoding = "latin-1"\n' + MAPPING)
    (told,) = report.notes
    assert told.startswith("ties.csv: 1 control character that no text holds: is the encoding right?")
    report, _ = imported(tmp_path, {"ties.csv": text}, 'encoding = "cp1252"\n' + MAPPING)
    assert not report.notes


def test_report__counts_one_and_several_things_in_words(tmp_path: Path) -> None:
    values = '"role", values = { friend = "friend", family = "ignore", peer = "ignore" } }'
    mapping = MAPPING.replace('"role" }', values)
    report, _ = imported(tmp_path, {"ties.csv": ROWS + ",,,\n", "a.txt": "", "b.txt": ""}, mapping)
    text = report.text()
    for said in ("  2 ties: the mapping says", "  1 row: nothing stands in them", "  2 files: no pattern"):
        assert said in text
    imported(tmp_path, {"ties.csv": ROWS[:-12] + ",,,\n,,,\n"}, mapping)
    (tmp_path / "study" / "a.txt").unlink()
    report, _ = imported(tmp_path, {}, mapping)
    text = report.text()
    for said in ("  1 tie: the mapping says", "  2 rows: nothing stands in them", "  1 file: no pattern"):
        assert said in text


def test_delimiter__may_be_a_tab_in_any_quotation_marks(tmp_path: Path) -> None:
    for line in ('delimiter = "\\t"', "delimiter = '\\t'"):
        _, rows = imported(tmp_path, {"ties.csv": ROWS.replace(",", "\t")}, f"{line}\n{MAPPING}")
        assert ties_in(rows) == READ


def office(*names: str) -> bytes:
    return packed(dict.fromkeys(names, ""))


KINDS = {
    "an Excel workbook": office("[Content_Types].xml", "xl/workbook.xml"),
    "a LibreOffice spreadsheet": office("mimetype", "content.xml"),
    "a Word document": office("word/document.xml"),
    "an Apple Numbers document": office("Index/Document.iwa"),
    "a ZIP archive": office("anything"),
    "an old Excel workbook (.xls) or Word document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "an SPSS file": b"$FL2@(#) IBM SPSS STATISTICS",
    "a SAS file": b"\0" * 12 + b"\xc2\xea\x81\x60",
    "a SAS transport file": b"HEADER RECORD*******LIBRARY",
    "an R workspace": b"RDX3\n",
    "a compressed file (gzip, or R's .rds)": b"\x1f\x8b\x08",
    "a PDF document": b"%PDF-1.7",
    "a rich text document": b"{\\rtf1",
    "a Parquet file": b"PAR1",
    "an SQLite data base": b"SQLite format 3\0",
    "a picture": b"\x89PNG",
    "a web page": b"\n<!DOCTYPE html><html>Please log in",
    "an XML file": b'<?xml version="1.0"?><Workbook/>',
    "a JSON file": b'[{"id": 1}]',
    "an Access data base": b"\0\1\0\0Standard Jet DB",
    "no text file": b"a,b\n\0\1\2",
}


@pytest.mark.parametrize("kind", KINDS)
def test_file_of_no_text__is_named_with_the_way_out(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UserInputError, match="not a text file") as caught:
        imported(tmp_path, {"ties.csv": KINDS[kind]}, MAPPING)
    for part in (f"found: '{kind}'" if "'" not in kind else kind, "CSV" if kind != "a ZIP archive" else "unzip it"):
        assert part in str(caught.value)


def test_workbook_beside_the_mapping__is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match=r"no files found for ties") as caught:
        imported(tmp_path, {"ties.xlsx": KINDS["an Excel workbook"]}, MAPPING)
    assert "ties.xlsx is an Excel workbook: save each sheet as a CSV file in UTF-8" in str(caught.value)


def stata_file() -> bytes:
    """The flat table of other tests as Stata writes it."""
    frame = pd.read_csv(io.StringIO(FLAT)).astype({"person": str, "role": str})
    frame.to_stata(content := io.BytesIO(), write_index=False, version=118)
    return content.getvalue()


@pytest.mark.parametrize("version", [114, 118])
def test_stata_file__is_read_by_its_codes(tmp_path: Path, version: int) -> None:
    frame = pd.DataFrame({"person": ["Zoë", "Zoë", "Bo"], "helper": [1, 2, 1], "close": [3.0, 5.0, None]})
    frame["role"] = pd.Categorical(["mate", "kin", "kin"])  # labels in the file; its codes are 0 and 1
    frame.to_stata(content := io.BytesIO(), write_index=False, version=version)
    mapping = MAPPING.replace("ties.csv", "ties.dta").replace(
        '"role" }', '"role", values = { 0 = "family", 1 = "friend" } }'
    )
    _, rows = imported(tmp_path, {"ties.dta": content.getvalue()}, mapping)
    assert ties_in(rows) == [("Zoë", "1", "friend", 0.5), ("Zoë", "2", "family", 1.0), ("Bo", "1", "family", None)]
    with pytest.raises(UserInputError, match="a Stata file that can't be read"):
        imported(tmp_path, {"ties.dta": content.getvalue()[:200]}, mapping)
    frame["close"] = [3.5, 5.0, None]
    frame.to_stata(content := io.BytesIO(), write_index=False, version=version)
    _, rows = imported(tmp_path, {"ties.dta": content.getvalue()}, 'decimal = ","\n' + mapping)
    assert rows["strength"].fillna(-1).tolist() == [0.625, 1, -1]
    text = MAPPING.replace("ties.csv", "ties.dta").replace('"role" }', '"role", values = { 0 = "family" } }')
    with pytest.raises(UserInputError, match=r"ties\.dta, observation 1, column 'role'"):
        imported(tmp_path, {"ties.dta": content.getvalue()}, text)


def test_an_archive_that_is_a_table__is_opened_where_it_is_given_alone(tmp_path: Path) -> None:
    with zipfile.ZipFile(content := io.BytesIO(), "w") as archive:
        archive.writestr("ties.csv", ROWS)
    _, rows = imported(tmp_path, {"export.csv": content.getvalue()}, MAPPING, "export.csv")
    assert ties_in(rows) == READ


@pytest.mark.parametrize(("share", "said"), [(0, 0), (0.001, 1), (0.5, 50), (0.999, 99), (1, 100)])
def test_per_cent__says_all_and_nothing_only_where_it_is_so(share: float, said: int) -> None:
    assert percent(share) == said


def test_report__says_100_per_cent_of_all_rows_only(tmp_path: Path) -> None:
    rows = "".join(f"p{n},{n},friend,3\n" for n in range(300))
    report, _ = imported(tmp_path, {"ties.csv": ROWS.replace("peer,2", "peer,") + rows}, MAPPING)
    assert "strength           99 %, 1 missing" in report.text()
