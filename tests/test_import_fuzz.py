"""Whatever is in the files: an import succeeds, or tells the mistake. Never anything else."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.drafting import draft_mapping
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.importing.mapping import read_mapping
from supportnet.sim.network_file.reader import read_networks
from tests.test_import import EXAMPLE, PAIR, study
from tests.test_import_draft import EGOR, EGOWEB, QUALTRICS, VENNMAKER
from tests.test_import_layouts import EACH, EACH_MAPPING, FLAT, FLAT_MAPPING, WIDE, WIDE_MAPPING, packed
from tests.test_import_text import stata_file

slow = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
CELL = st.one_of(
    st.sampled_from(["", "NA", "a", "b", "1", "2", "5", "0.5", "nan", "inf", "-1", "1e400", "peer", "family", "TRUE"]),
    st.text(max_size=6),
)
ROW = st.lists(CELL, min_size=4, max_size=4)


def succeeds_or_tells(files: dict[str, bytes]) -> bool:
    """Imports these files with the mapping of the pair; where it succeeds, the network file can be used."""
    with tempfile.TemporaryDirectory() as name:
        folder = study(Path(name, "study"), PAIR)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        out = Path(name, "out")
        try:
            report = import_interviews(folder, None, out)
        except UserInputError:
            assert not out.exists()
            return False
        networks = read_networks(out / "networks.parquet")
        assert len(networks.patients) == report.people
        assert len(networks.supporters) == sum(report.ties_by_role.values())
        return True


def told(read: Callable[[Path], object], path: Path) -> str:
    """The message about a file that can't be read, or the name of one that can."""
    try:
        read(path)
    except UserInputError as mistake:
        return str(mistake)
    return path.name


def table(header: str, rows: list[list[str]]) -> bytes:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return "\n".join([header, *quoted]).encode("utf-8", "surrogatepass")


@slow
@given(st.lists(ROW, max_size=5))
@example([["a", "1", "peer", "5"], ["b", "1", "FAMILY", ""]])
def test_random_ties__are_read_or_told(rows: list[list[str]]) -> None:
    succeeds_or_tells({"ties.csv": table("id,who,kind,close", rows)})


@slow
@given(st.lists(ROW, max_size=5))
def test_random_people__are_read_or_told(rows: list[list[str]]) -> None:
    succeeds_or_tells({"people.csv": table("id,illness,phq9,note", rows)})


@settings(slow, max_examples=20)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.text("123", max_size=2), st.sampled_from(["peer", "friend"]), st.just("3")
        ),
        unique_by=lambda row: row[:2],
    )
)
def test_good_ties__are_all_kept(rows: list[tuple[str, ...]]) -> None:
    whole = [list(row) for row in rows if row[1]]
    assert succeeds_or_tells({"ties.csv": table("id,who,kind,close", whole)})


@slow
@given(st.binary(max_size=200), st.sampled_from(["ties.csv", "people.csv", "mapping.toml", "x.graphml"]))
def test_random_bytes__are_read_or_told(content: bytes, file: str) -> None:
    succeeds_or_tells({file: content})


def changed(content: bytes, where: float, cut: int, put: bytes) -> bytes:
    at = int(where * len(content))
    return content[:at] + put + content[at + cut :]


CHANGE = (
    st.floats(0, 1),
    st.integers(0, 40),
    st.binary(max_size=12) | st.text("<>&;!/\"'= 0n", max_size=9).map(str.encode),
)


@slow
@given(*CHANGE)
def test_damaged_graphml__is_read_or_told(where: float, cut: int, put: bytes) -> None:
    content = changed(next(EXAMPLE.glob("P05*.graphml")).read_bytes(), where, cut, put)
    with tempfile.TemporaryDirectory() as name:
        Path(name, "a.graphml").write_bytes(content)
        try:
            import_interviews(Path(name, "a.graphml"), EXAMPLE / "mapping.toml", Path(name, "out"))
        except UserInputError:
            assert not Path(name, "out").exists()


@slow
@given(*CHANGE)
def test_damaged_mapping__is_read_or_told(where: float, cut: int, put: bytes) -> None:
    succeeds_or_tells({"mapping.toml": changed(PAIR["mapping.toml"].encode(), where, cut, put)})


STUDIES: list[tuple[dict[str, str | bytes], str]] = [
    ({"interviews.csv": WIDE}, WIDE_MAPPING),
    ({"all.csv": FLAT}, FLAT_MAPPING),
    (dict(EACH), EACH_MAPPING),
    ({"x.zip": packed(EACH)}, EACH_MAPPING),
    ({"all.csv": FLAT.encode("utf-16")}, FLAT_MAPPING),
    ({"all.csv": FLAT.replace(",", ";").replace("5", "2,5")}, 'delimiter = ";"\ndecimal = ","\n' + FLAT_MAPPING),
    ({"all.dta": stata_file()}, FLAT_MAPPING.replace("all.csv", "all.dta")),
    *((dict(files), "") for files in (EGOR, EGOWEB, VENNMAKER, QUALTRICS)),
]
ODD = [
    "#N/A",
    "1E+05",
    '"=""1"""',
    "1.0",
    "1,5",
    "1.234,5",
    "\ufeff",
    "e\u0301",
    "\u00a0",
    '{"ImportId":"Q"}',
    "{file}",
    "sep=;\n",
]


@slow
@given(st.sampled_from(STUDIES), st.floats(0, 1), *CHANGE[:2], CHANGE[2] | st.sampled_from(ODD).map(str.encode))
def test_damaged_study_of_any_layout__is_read_or_told(
    whole: tuple[dict[str, str | bytes], str], which: float, where: float, cut: int, put: bytes
) -> None:
    contents = {name: text if isinstance(text, bytes) else text.encode() for name, text in whole[0].items()}
    name = sorted(contents)[int(which * len(contents)) % len(contents)]
    contents[name] = changed(contents[name], where, cut if len(put) % 2 else 0, put)
    with tempfile.TemporaryDirectory() as folder:
        source, mapping, out = Path(folder, "study"), Path(folder, "m.toml"), Path(folder, "out")
        source.mkdir()
        for file, content in contents.items():
            (source / file).write_bytes(content)
        try:
            if whole[1]:
                mapping.write_text(whole[1], encoding="utf-8")
            else:
                draft_mapping(source, mapping)
            report = import_interviews(source, mapping, out)
        except UserInputError as mistake:
            assert "remedy" in str(mistake)  # noqa: PT017
            return
        networks = read_networks(out / "networks.parquet")
        assert len(networks.patients) == report.people
        assert len(networks.supporters) == sum(report.ties_by_role.values())
        for given_of in (report.ties, report.persons):
            assert all(one.given >= 0 and one.missing() >= 0 for one in given_of.values())


KEYS = ("people", "ties", "alter_ties", "files", "patient", "supporter", "role", "column", "columns", "values", "scale")
WORD = st.sampled_from(KEYS)
VALUE = st.recursive(
    st.one_of(st.text(max_size=4), WORD, st.integers(-9, 9), st.floats(), st.booleans()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        plain = all(character.isprintable() and character not in '"\\' for character in value)
        return f'"{value}"' if plain else '"x"'
    return str(value).lower()


@slow
@given(st.dictionaries(WORD, VALUE, max_size=5))
def test_random_mapping__is_read_or_told(said: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "m.toml")
        path.write_text("\n".join(f"{key} = {toml(value)}" for key, value in said.items()), encoding="utf-8")
        assert "m.toml" in told(read_mapping, path)


@slow
@given(*CHANGE)
def test_damaged_network_file__is_read_or_told(where: float, cut: int, put: bytes) -> None:
    sink = io.BytesIO()
    rows = {"patient": ["a", "a", "b"], "supporter": ["1", "2", None], "role": ["peer", "family", None]}
    pq.write_table(pa.table({**rows, "strength": [0.5, None, None]}), sink)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "n.parquet")
        path.write_bytes(changed(sink.getvalue(), where, cut, put))
        assert "n.parquet" in told(read_networks, path)
