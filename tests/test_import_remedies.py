"""What a message says to do works when it is done, and loses no answer."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.importer import import_interviews
from tests.test_import_layouts import packed

TIES = """[ties]
files = "ties.csv"
patient = "person"
supporter = "helper"
role = { column = "role" }
strength = { column = "close", scale = [1, 5] }
"""
ROWS = "person,helper,role,close\n1,1,friend,3\n1,2,family,5\n2,1,peer,1\n"
READ = [("1", "1", "friend", 0.5), ("1", "2", "family", 1.0), ("2", "1", "peer", 0.1)]
TOP = "[ties]"  # where lines at the top of the mapping go in

Files = dict[str, str | bytes]
Ties = list[tuple[str | None, ...]]


def ties_of(folder: Path, files: Files, mapping: str) -> list[tuple[object, ...]]:
    """Person, supporter, role and strength of each row of the network file."""
    source = folder / "study"
    source.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    import_interviews(source, folder / "m.toml", folder / "out")
    rows = pd.read_parquet(folder / "out" / "networks.parquet")[["patient", "supporter", "role", "strength"]]
    return [tuple(None if cell != cell else cell for cell in row) for row in rows.itertuples(index=False)]


def at_top(line: str, mapping: str = TIES) -> str:
    return f"{line}\n{mapping}"


def with_strength(source: str, mapping: str = TIES) -> str:
    return mapping.replace('{ column = "close", scale = [1, 5] }', source)


UMLAUT = ROWS.replace("1,1,friend", "ü,Zoë,friend")
READ_UMLAUT = [("ü", "Zoë", "friend", 0.5), ("1", "2", "family", 1.0), ("2", "1", "peer", 0.1)]
PEOPLE = '[people]\nfiles = "people.csv"\npatient = "person"\nage = "age"\n'
WIDE = """[ties]
files = "ties.csv"
patient = "person"
supporter = "{slot}"
slots = "1-3"
role = { column = "role_{slot}" }
strength = { column = "close{slot}", scale = [1, 5] }
"""
WIDE_NAMES = "person,n1,n2,role_1,close1,role_2,close2\n"
WIDE_ROWS = "person,role_1,close1,role_2,close2\n1,friend,3,family,5\n2,peer,1,,\n"


CASES: dict[str, tuple[Files, str, list[str], Files | str | tuple[Files, str]]] = {
    "semicolons": ({"ties.csv": ROWS.replace(",", ";")}, TIES, ["delimiter = ';'"], at_top("delimiter = ';'")),
    "semicolons for one part": (
        {"ties.csv": ROWS.replace(",", ";"), "people.csv": "person,age\n1,30\n2,40\n"},
        PEOPLE + TIES,
        ["delimiter = ';'", "under ties (line 5)"],
        PEOPLE + TIES.replace("[ties]", "[ties]\ndelimiter = ';'"),
    ),
    "tabs": ({"ties.csv": ROWS.replace(",", "\t")}, TIES, [r'delimiter = "\t"'], at_top(r'delimiter = "\t"')),
    "bars, quoted": (
        {"ties.csv": "\n".join("|".join(f'"{cell}"' for cell in row.split(",")) for row in ROWS.split())},
        TIES,
        ["delimiter = '|'"],
        at_top("delimiter = '|'"),
    ),
    "blanks, as R writes them": (
        {"ties.csv": ROWS.replace(",", " ")},
        TIES,
        ["delimiter = ' '"],
        at_top("delimiter = ' '"),
    ),
    "another delimiter than said": ({"ties.csv": ROWS}, at_top('delimiter = ";"'), ["delimiter = ','"], TIES),
    "cp1252": (
        {"ties.csv": UMLAUT.encode("cp1252")},
        TIES,
        ['encoding = "cp1252"', "if 'ü' is right"],
        at_top('encoding = "cp1252"'),
    ),
    "Mac Roman": (
        {"ties.csv": UMLAUT.encode("mac-roman")},
        TIES,
        ['encoding = "mac-roman"', "if 'ü' is right"],
        at_top('encoding = "mac-roman"'),
    ),
    "UTF-16, where the mapping says UTF-8": (
        {"ties.csv": UMLAUT.encode("utf-16")},
        at_top('encoding = "utf-8"'),
        ['encoding = "utf-16"'],
        at_top('encoding = "utf-16"'),
    ),
    "decimal commas": (
        {"ties.csv": ROWS.replace(",", ";").replace("friend;3", "friend;2,5")},
        at_top("delimiter = ';'"),
        ["'2,5'", 'decimal = ","'],
        at_top("delimiter = ';'\ndecimal = ','"),
    ),
    "a decimal comma in quotation marks": (
        {"ties.csv": ROWS.replace("friend,3", 'friend,"2,5"')},
        TIES,
        ["'2,5'", 'decimal = ","'],
        at_top('decimal = ","'),
    ),
    "a point among decimal commas": (
        {"ties.csv": ROWS.replace("friend,3", "friend,2.5")},
        at_top('decimal = ","'),
        ["'2.5'", 'decimal = "."'],
        TIES,
    ),
    "titles above the names": (
        {"ties.csv": "Export of 1 May,,,\n,,,\n" + ROWS},
        TIES,
        ["the names stand in row 3", "skip_rows = [1, 2]"],
        at_top("skip_rows = [1, 2]"),
    ),
    "questions below the names": (
        {"ties.csv": ROWS.replace("\n1,1", "\nWho?,Whom?,Which role?,How close?\n1,1", 1)},
        TIES,
        ["'Which role?'", "skip_rows = [2]"],
        at_top("skip_rows = [2]"),
    ),
    "questions where numbers should be": (
        {"ties.csv": ROWS.replace("\n1,1", "\nWho?,Whom?,friend,How close?\n1,1", 1)},
        TIES,
        ["'How close?'", "skip_rows = [2]"],
        at_top("skip_rows = [2]"),
    ),
    "questions below the names and titles": (
        {"ties.csv": "Export\n" + ROWS.replace("\n1,1", "\nWho?,Whom?,Which role?,How close?\n1,1", 1)},
        at_top("skip_rows = [1]"),
        ["skip_rows = [1, 3]"],
        at_top("skip_rows = [1, 3]"),
    ),
    "questions with line breaks": (
        {"ties.csv": ROWS.replace("\n1,1", '\nWho?,Whom?,"Which\nrole?",How?\n"a\nb",c,d,e\n1,1', 1)},
        TIES,
        ["skip_rows = [2, 3]"],
        at_top("skip_rows = [2, 3]"),
    ),
    "a code for no answer": (
        {"ties.csv": ROWS.replace("friend,3", "friend,99")},
        TIES,
        ['no_answer = ["NA", "99"]'],
        with_strength('{ column = "close", scale = [1, 5], no_answer = ["NA", "99"] }'),
    ),
    "a word for no answer": (
        {"ties.csv": ROWS.replace("friend,3", "friend,#N/A")},
        TIES.replace("strength", "contacts_per_week").replace(", scale = [1, 5]", ""),
        ['contacts_per_week = { column = "close", no_answer = ["NA", "#N/A"] }'],
        TIES.replace("strength", "contacts_per_week").replace("scale = [1, 5]", 'no_answer = ["NA", "#N/A"]'),
    ),
    "words on a scale": (
        {"ties.csv": ROWS.replace("friend,3", "friend,3 (middle)")},
        TIES,
        ['values = { "3 (middle)" = …, … } in place of scale', "ties.strength in the mapping (line 6)"],
        with_strength('{ column = "close", values = { "3 (middle)" = 0.5, 5 = 1, 1 = 0 } }'),
    ),
    "thousands": (
        {"ties.csv": ROWS.replace("friend,3", 'friend,"1.234,5"')},
        at_top('decimal = ","'),
        ["take what groups the thousands out of the cells (1234,5)"],
        {"ties.csv": ROWS},
    ),
    "a role that the mapping does not know": (
        {"ties.csv": ROWS.replace("peer", "mate")},
        TIES.replace('"role" }', '"role", values = { friend = "friend", family = "family" } }'),
        ["'mate' (1 time)", "add them under ties.role.values in the mapping (line 5)"],
        TIES.replace('"role" }', '"role", values = { friend = "friend", family = "family", mate = "peer" } }'),
    ),
    "true in another language": (
        {"ties.csv": "person,helper,f,k,close\n1,1,ja,nein,3\n1,2,nein,ja,5\n"},
        TIES.replace('{ column = "role" }', '{ columns = { f = "friend", k = "family" } }'),
        ['true = ["nein"]', 'false = ["nein"]'],
        at_top(
            'true = ["ja"]\nfalse = ["nein"]',
            TIES.replace('{ column = "role" }', '{ columns = { f = "friend", k = "family" } }'),
        ),
    ),
    "a column in other capitals": (
        {"ties.csv": ROWS.replace("person", "Person ")},
        TIES,
        ["did you mean 'Person'?"],
        TIES.replace("person", "Person"),
    ),
    "a column in curly quotation marks": (
        {"ties.csv": ROWS.replace("person,helper", "“person”,“helper”")},
        TIES,
        ["replace the quotation marks around '“person”'"],
        {"ties.csv": ROWS.replace("person,helper", '"person","helper"')},
    ),
    "another spelling of a person's id": (
        {"ties.csv": ROWS, "people.csv": "person,age\n01,30\n2,40\n"},
        PEOPLE + TIES,
        ["the file of people has '01'"],
        {"ties.csv": ROWS, "people.csv": "person,age\n1,30\n2,40\n"},
    ),
    "a person without a row": (
        {"ties.csv": ROWS, "people.csv": "person,age\n1,30\n"},
        PEOPLE + TIES,
        ["add the person to the file of people"],
        {"ties.csv": ROWS, "people.csv": "person,age\n1,30\n2,\n"},
    ),
    "no ids of supporters": (
        {"ties.csv": ROWS.replace("1,2,family", "1,,family").replace("1,1,", "1,,").replace("2,1,", "2,,")},
        TIES,
        ['supporter = "{row}"'],
        TIES.replace('"helper"', '"{row}"'),
    ),
    "one id for two supporters": (
        {"ties.csv": ROWS.replace("1,2,family", "1,1,family")},
        TIES,
        ["first in ties.csv, line 2", 'supporter = "{row}"'],
        TIES.replace('"helper"', '"{row}"'),
    ),
    "the same person twice": (
        {"ties.csv": ROWS, "people.csv": "person,age\n1,30\n1,31\n2,40\n"},
        PEOPLE + TIES,
        ["first in people.csv, line 2", "if they are one person, keep one of the rows"],
        {"ties.csv": ROWS, "people.csv": "person,age\n1,31\n2,40\n"},
    ),
    "a short row": (
        {"ties.csv": ROWS.replace("peer,1", "peer")},
        TIES,
        ["where the last cells are empty, end the row with ','"],
        {"ties.csv": ROWS.replace("peer,1", "peer,")},
    ),
    "numbers before each row": (
        {"ties.csv": "\n".join(f"{i},{row}" if i else row for i, row in enumerate(ROWS.split()))},
        TIES,
        ["put ',' before the first name"],
        {"ties.csv": "\n".join(f"{i},{row}" if i else f",{row}" for i, row in enumerate(ROWS.split()))},
    ),
    "more slots than columns": (
        {"ties.csv": WIDE_ROWS},
        WIDE,
        ['write slots = ["1", "2"] under ties.slots in the mapping (line 5)'],
        WIDE.replace('"1-3"', '["1", "2"]'),
    ),
    "an answer in a slot without a name": (
        {"ties.csv": "person,n1,role_1,close1,n2,role_2,close2\n1,Ann,friend,3,,family,5\n2,Bo,peer,1,,,\n"},
        WIDE.replace('"{slot}"', '"n{slot}"').replace("1-3", "1-2"),
        ['supporter = "{slot}"'],
        WIDE.replace("1-3", "1-2"),
    ),
    "numbered columns": (
        {"ties.csv": WIDE_ROWS},
        TIES,
        ['write slots = "1-2" and {slot} for the number'],
        WIDE.replace("1-3", "1-2"),
    ),
    "two delimiters in one part": (
        {"ties.csv": ROWS[:-11], "ties2.csv": (ROWS[:25] + ROWS[-11:]).replace(",", ";")},
        TIES.replace('"ties.csv"', '"ties*.csv"'),
        [
            "unlike ties.csv: save the files alike, or give them parts of their own",
            "([[ties]], each with its delimiter = ';'",
        ],
        TIES.replace("[ties]", "[[ties]]")
        + TIES.replace("[ties]", "[[ties]]\ndelimiter = ';'").replace("ties.csv", "ties2.csv"),
    ),
    "titles in one file of a part": (
        {"ties.csv": "Title,,,\n" + ROWS[:-11], "ties2.csv": ROWS[:25] + ROWS[-11:]},
        TIES.replace('"ties.csv"', '"ties*.csv"').replace("[ties]", "[ties]\nskip_rows = [1]"),
        ["the names stand in row 1, which skip_rows leaves out, unlike ties.csv"],
        TIES.replace("[ties]", "[[ties]]\nskip_rows = [1]")
        + TIES.replace("[ties]", "[[ties]]").replace("ties.csv", "ties2.csv"),
    ),
    "capitals in the name of a file": (
        {"Ties.CSV": ROWS},
        TIES,
        ['write files = "Ties.CSV" in place of "ties.csv"'],
        TIES.replace("ties.csv", "Ties.CSV"),
    ),
    "files in a folder within": (
        {"data/ties.csv": ROWS},
        TIES,
        ['write files = "data/ties.csv" in place of "ties.csv"'],
        TIES.replace("ties.csv", "data/ties.csv"),
    ),
    "files in several folders within": (
        {"1/ties.csv": ROWS[:-11], "2/ties.csv": ROWS[:25] + ROWS[-11:]},
        TIES,
        ['write files = "*/ties.csv" in place of "ties.csv"'],
        TIES.replace("ties.csv", "*/ties.csv"),
    ),
    "two columns of one name": (
        {"ties.csv": ROWS.replace("close", "role")},
        TIES,
        ["two columns have the same name", "rename one of them"],
        {"ties.csv": ROWS},
    ),
    "a code for no answer about age": (
        {"ties.csv": ROWS, "people.csv": "person,age\n1,999\n2,40\n"},
        PEOPLE + TIES,
        ['write age = { column = "age", no_answer = ["NA", "999"] } under people'],
        PEOPLE.replace('age = "age"', 'age = { column = "age", no_answer = ["NA", "999"] }') + TIES,
    ),
    "ages in classes": (
        {"ties.csv": ROWS, "people.csv": "person,age\n1,18-25\n2,26-60\n"},
        PEOPLE + TIES,
        ['values = { "18-25" = …, … } under people.age'],
        PEOPLE.replace('age = "age"', 'age = { column = "age", values = { "18-25" = 21, "26-60" = 43 } }') + TIES,
    ),
    "words of the model, and others": (
        {"ties.csv": ROWS.replace("peer", "mate")},
        TIES,
        ['values = { "friend" = "friend", "family" = "family", "mate" = … } beside column under ties.role'],
        TIES.replace('"role" }', '"role", values = { "friend" = "friend", "family" = "family", "mate" = "peer" } }'),
    ),
    "a delimiter that is seldom used": (
        {"ties.csv": ROWS.replace(",", "^")},
        TIES,
        ["delimiter = '^'"],
        at_top("delimiter = '^'"),
    ),
    "thousands, where the comma is the decimal mark": (
        {"ties.csv": ROWS.replace("friend,3", "friend,1.003")},
        at_top('decimal = ","', with_strength('{ column = "close", scale = [1, 2005] }')),
        ["if it groups thousands, remove it from the cells"],
        {"ties.csv": ROWS.replace("friend,3", "friend,1003").replace("family,5", "family,2005")},
    ),
    "a weight that means no answer": (
        {"ties.csv": ROWS, "people.csv": "person,weight\n1,-9\n2,2\n"},
        PEOPLE.replace("age", "weight") + TIES,
        ['write weight = { column = "weight", no_answer = ["NA", "-9"] } under people'],
        PEOPLE.replace('age = "age"', 'weight = { column = "weight", no_answer = ["NA", "-9"] }') + TIES,
    ),
    "people of weight 0": (
        {"ties.csv": ROWS + "3,1,peer,1\n", "people.csv": "person,weight\n1,1\n2,2\n3,0\n"},
        PEOPLE.replace("age", "weight") + TIES,
        ["people of weight 0 represent nobody: remove them from the files"],
        {"ties.csv": ROWS, "people.csv": "person,weight\n1,1\n2,2\n"},
    ),
    "a number that became a date": (
        {"ties.csv": ROWS.replace("friend,3", "friend,03. Mrz")},
        TIES,
        ["if a spreadsheet made a date of it, write what it was"],
        {"ties.csv": ROWS},
    ),
    "a formula without a value": (
        {"ties.csv": ROWS.replace("friend,3", "friend,#REF!")},
        TIES,
        ["correct the formula in the spreadsheet", 'add no_answer = ["NA", "#REF!"] to ties.strength'],
        with_strength('{ column = "close", scale = [1, 5], no_answer = ["NA", "#REF!"] }'),
    ),
    "neither true nor false, but no answer": (
        {"ties.csv": "person,helper,f,k,close\n1,1,yes,no,3\n1,2,?,yes,5\n"},
        TIES.replace('{ column = "role" }', '{ columns = { f = "friend", k = "family" } }'),
        ['add no_answer = ["NA", "?"] to ties.role'],
        TIES.replace('{ column = "role" }', '{ columns = { f = "friend", k = "family" }, no_answer = ["NA", "?"] }'),
    ),
    "two supporters of one name in numbered columns": (
        {"ties.csv": WIDE_NAMES + "1,Ann,Ann,friend,3,family,5\n2,Bo,,peer,1,,\n"},
        WIDE.replace('"{slot}"', '"n{slot}"').replace("1-3", "1-2"),
        ['supporter = "{slot}" in the mapping, which numbers the slots'],
        WIDE.replace("1-3", "1-2"),
    ),
    "several rows of one person in numbered columns": (
        {"ties.csv": WIDE_NAMES + "1,1,2,friend,3,family,5\n1,3,,peer,1,,\n2,1,,peer,1,,\n"},
        WIDE.replace('"{slot}"', '"n{slot}"').replace("1-3", "1-2"),
        ["first in ties.csv, line 2", "where they are of several times those of one time"],
        {"ties.csv": WIDE_NAMES + "1,1,2,friend,3,family,5\n2,1,,peer,1,,\n"},
    ),
    "names that columns of a row lack": (
        {"ties.csv": "person,role_1,close1\n1,friend,3,family,5\n2,peer,1,,\n"},
        WIDE.replace("1-3", "1-2"),
        ["where the names of the last columns are lacking, add them to the first row"],
        {"ties.csv": "person,role_1,close1,role_2,close2\n1,friend,3,family,5\n2,peer,1,,\n"},
    ),
    "the same names in two archives": (
        {"a.zip": packed({"ties.csv": ROWS[:-11]}), "b.zip": packed({"ties.csv": ROWS[:25] + ROWS[-11:]})},
        TIES,
        ["unzip each into a folder of its own", 'files = "*/ties.csv"'],
        (
            {"a/ties.csv": ROWS[:-11], "b/ties.csv": ROWS[:25] + ROWS[-11:]},
            TIES.replace("ties.csv", "*/ties.csv"),
        ),
    ),
    "the mapping says UTF-16, and it is not": (
        {"ties.csv": ROWS},
        at_top('encoding = "utf-16"'),
        ['write encoding = "utf-8"'],
        at_top('encoding = "utf-8"'),
    ),
    "an archive in an archive": (
        {"x.zip": packed({"ties.zip": packed({"ties.csv": ROWS})})},
        TIES,
        ["ties.zip is a ZIP archive: unzip it"],
        {"x.zip": packed({"ties.csv": ROWS})},
    ),
    "an archive that is no table": (
        {"ties.csv": b"PK\x05\x06" + bytes(18)},
        TIES,
        ["a ZIP archive", "unzip it"],
        {"ties.csv": ROWS},
    ),
}

RESULT: dict[str, list[tuple[object, ...]]] = {
    "cp1252": READ_UMLAUT,
    "Mac Roman": READ_UMLAUT,
    "UTF-16, where the mapping says UTF-8": READ_UMLAUT,
    "decimal commas": [("1", "1", "friend", 0.375), *READ[1:]],
    "a decimal comma in quotation marks": [("1", "1", "friend", 0.375), *READ[1:]],
    "a point among decimal commas": [("1", "1", "friend", 0.375), *READ[1:]],
    "a code for no answer": [("1", "1", "friend", None), *READ[1:]],
    "a word for no answer": [(*row[:3], None) for row in READ],
    "true in another language": READ[:2],
    "another spelling of a person's id": READ,
    "no ids of supporters": [("1", "1", "friend", 0.5), ("1", "2", "family", 1.0), ("2", "3", "peer", 0.1)],
    "one id for two supporters": [("1", "1", "friend", 0.5), ("1", "2", "family", 1.0), ("2", "3", "peer", 0.1)],
    "a formula without a value": [("1", "1", "friend", None), *READ[1:]],
    "neither true nor false, but no answer": [("1", "1", "friend", 0.5), ("1", "2", "family", 1.0)],
    "a short row": [*READ[:2], ("2", "1", "peer", None)],
}


@pytest.mark.parametrize("case", CASES)
def test_remedy__works_and_loses_no_answer(tmp_path: Path, case: str) -> None:
    files, mapping, said, mended = CASES[case]
    with pytest.raises(UserInputError) as caught:
        ties_of(tmp_path / "before", files, mapping)
    for part in said:
        assert part in str(caught.value)
    if not isinstance(mended, tuple):
        mended = (files, mended) if isinstance(mended, str) else (mended, mapping)
    files, mapping = mended
    assert ties_of(tmp_path / "after", files, mapping) == RESULT.get(case, READ)
