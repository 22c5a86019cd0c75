"""GraphML as Network Canvas exports it, read as the CSV files that the same sessions would export to.

So one mapping fits both. The names in this file are those of the export format; names of a study never stand here.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.parsers import expat

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.spelling import clean_cell

if TYPE_CHECKING:
    import pandas as pd

EGO, OWN, KIND = "networkCanvasEgoUUID", "networkCanvasUUID", "networkCanvasType"
ENDS = {"networkCanvasSourceUUID": "source", "networkCanvasTargetUUID": "target"}
ABOUT_SESSION = {
    "caseId": "networkCanvasCaseID",
    "sessionUUID": "networkCanvasSessionID",
    "protocolName": "networkCanvasProtocolName",
}
NAMESPACE = "{http://schema.networkcanvas.com/xmlns}"
NEEDED = {"ego": [EGO], "attributeList": [EGO, OWN], "edgeList": [EGO, *ENDS]}

Row = dict[str, str | None]


def read_graphml(raw: bytes, name: str) -> dict[str, pd.DataFrame]:
    """File name of the CSV that Network Canvas would write -> its rows as texts, with the place in the GraphML file."""
    import pandas as pd

    root = _parsed(raw, name)
    names = {key.get("id"): key.get("attr.name") for key in root.iterfind("{*}key")}
    files: dict[str, list[Row]] = defaultdict(list)
    places: dict[str, list[str]] = defaultdict(list)
    for number, graph in enumerate(root.iterfind("{*}graph"), start=1):
        for kind, place, row in _rows(graph, names, name):
            files[kind].append(row)
            places[kind].append(f"{name}, graph {number} {place}".rstrip())
    if "ego" not in files:
        raise _other(name, "no <graph> in it")
    for part in ("attributeList", "edgeList"):  # a session without any is a file without rows, as in CSV
        if not any(kind.startswith(part) for kind in files):
            files[part] = []
    frames = {}
    for kind, rows in files.items():
        columns = list(dict.fromkeys([*NEEDED[kind.split("_")[0]], *(column for row in rows for column in row)]))
        cells = [[row.get(column) or None for column in columns] for row in rows]
        index = pd.Index(columns, dtype=object)
        frames[f"{PurePosixPath(name).stem}_{kind}.csv"] = pd.DataFrame(
            cells, index=places[kind], columns=index, dtype=object
        )
    return frames


def _parsed(raw: bytes, name: str) -> ElementTree.Element:
    """The root of an XML file. A document type is refused before anything else is read: entities, and with them
    bombs and reads of other files, can only be declared there, and no export has one."""
    if not raw.strip():
        raise _other(name, "nothing")

    def refuse(*_: object) -> None:
        raise _other(name, "a document type (<!DOCTYPE>), which can declare harmful entities")

    guard = expat.ParserCreate()
    guard.StartDoctypeDeclHandler = refuse
    try:
        guard.Parse(raw, True)
        return ElementTree.fromstring(raw)
    except UserInputError:
        raise
    except (expat.ExpatError, ElementTree.ParseError, ValueError, LookupError) as error:
        raise _other(name, f"XML that can't be read ({error})") from error


def _other(name: str, found: str) -> UserInputError:
    expected, remedy = "GraphML as Network Canvas exports it", "export it again, or remove it from the folder"
    return UserInputError(
        "not a Network Canvas GraphML file", where=name, found=found, expected=expected, remedy=remedy
    )


def _rows(graph: ElementTree.Element, names: dict[str | None, str | None], name: str) -> list[tuple[str, str, Row]]:
    """(kind of CSV file, place in the graph, row) for the person, each supporter and each tie among supporters."""
    ego = _data(graph, names)
    if not ego.get(OWN):
        raise _other(name, f"a graph without {OWN}")
    person = ego.pop(OWN)
    session = {column: graph.get(NAMESPACE + attribute) for attribute, column in ABOUT_SESSION.items()}
    rows: list[tuple[str, str, Row]] = [("ego", "", {EGO: person, **session, **ego})]
    own_id: dict[str | None, str | None] = {}
    for node in graph.iterfind("{*}node"):
        row = _data(node, names)
        own_id[node.get("id")] = row.get(OWN)
        rows.append((_kind("attributeList", row), f"node {node.get('id')}", {EGO: person, **row}))
    for edge in graph.iterfind("{*}edge"):
        row = _data(edge, names)
        ends = {column: own_id.get(edge.get(end)) for column, end in ENDS.items()}
        rows.append((_kind("edgeList", row), f"edge {edge.get('id')}", {EGO: person, **ends, **row}))
    return rows


def _kind(part: str, row: Row) -> str:
    kind = row.pop(KIND, None)
    return f"{part}_{kind}" if kind else part


def _data(element: ElementTree.Element, names: dict[str | None, str | None]) -> Row:
    """Column -> text of the <data> of an element."""
    row: Row = {}
    for data in element.iterfind("{*}data"):
        key = data.get("key")
        row[names.get(key) or key or ""] = clean_cell(data.text or "")
    return row
