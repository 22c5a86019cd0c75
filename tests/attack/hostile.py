"""Files that somebody else has prepared to do more than be read; each case gives the command that reads them."""

import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.attack.samples import FILES, SIZE

RUN = (*SIZE, "--replicates", "2")
PROOF = "acted"  # the file that an attack that succeeds leaves
COMMAND = f"touch {PROOF}"
OUTSIDE = "../outside"  # a folder that no command is told of
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2066 title\r"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)> & \"'>"
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' C'!A0")
CONDITIONS = (
    f"__import__('os').system('{COMMAND}') < 1",
    f"@__import__('os').system('{COMMAND}') < services.caseload",
    f"(services.caseload).__init__.__func__.__globals__.get('sys').modules.get('os').system('{COMMAND}') == 0",
    f"services.caseload.map(__builtins__.eval(\"open('{PROOF}', 'w')\")) > 0",
    f"[x for x in ().__class__.__base__.__subclasses__()][0] == open('{PROOF}', 'w')",
    "services.caseload ** 9 ** 9 ** 9 ** 9 > 0",
    "(" * 5000 + "services.caseload > 1" + ")" * 5000,
    " and ".join(["services.caseload > 1"] * 20_000),
)


class Act:
    """Unpickled, it runs a program."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (COMMAND,)


class Hostile(NamedTuple):
    """A prepared folder."""

    name: str
    inputs: tuple[str, ...]  # samples that it begins with
    prepare: Callable[[Path], object]
    words: tuple[str, ...]
    again: bool = False  # whether the command has run before, when all was sound


def nothing(folder: Path) -> None:
    """All is sound."""


def text(name: str, content: str) -> Callable[[Path], object]:
    """A file of this text."""
    return lambda folder: (folder / name).write_text(content, "utf-8", newline="")


def in_scenario(title: str, name: str = "scenario.toml") -> Callable[[Path], object]:
    """A scenario with this title."""
    said = json.dumps(title, ensure_ascii=True)
    own = f'based_on = "today"\ntitle = {said}\nassumes = {said}\nweeks = 4\n[services]\ncaseload = 15\n'
    return text(name, own)


def in_study(title: str = "x", condition: str = "services.caseload > 1") -> Callable[[Path], object]:
    said = FILES["mine.toml"].replace('"Caseload and openness"', json.dumps(title))
    return text(
        "mine.toml", said.replace('"services.caseload * services.boundary_openness < 39"', json.dumps(condition))
    )


def changed_json(name: str, change: Callable[[dict], object]) -> Callable[[Path], object]:
    """A JSON file of which something was changed."""

    def write(folder: Path) -> None:
        content = json.loads((folder / name).read_text("utf-8"))
        change(content)
        (folder / name).write_text(json.dumps(content), "utf-8")

    return write


def link(name: str, goal: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        place.symlink_to(goal)

    return make


def pickles_in(pattern: str) -> Callable[[Path], object]:
    """Every file that matches, beside the folder too, becomes a pickle that acts, some behind 32 other bytes."""

    def plant(folder: Path) -> None:
        payload = pickle.dumps(Act())
        places = [path for path in folder.parent.glob(pattern) if path.is_file()]
        if not places:
            raise RuntimeError(f"nothing to replace: {pattern}")
        for k, path in enumerate(places):
            path.unlink()
            path.write_bytes((payload, pickle.dumps("0") + payload, bytes(32) + payload)[k % 3])

    return plant


def archive(folder: Path) -> None:
    """Names in an archive that lead out of it."""
    with zipfile.ZipFile(folder / "pair.zip", "w") as content:
        for path in (folder / "pair").iterdir():
            content.write(path, path.name)
            content.write(path, f"../{OUTSIDE}/{path.name}")
            content.write(path, f"/tmp/{PROOF}-{path.name}")


def bomb(folder: Path) -> None:
    """An archive of a few hundred kB that holds gigabytes."""
    with zipfile.ZipFile(folder / "pair.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as content:
        for path in (folder / "pair").iterdir():
            content.write(path, path.name)
        with content.open("more.csv", "w", force_zip64=True) as file:
            for _ in range(600):
                file.write(b"0" * 2**20)


ENTITIES = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
XML = '<?xml version="1.0"?><!DOCTYPE g [{}]><graphml xmlns="http://graphml.graphdrawing.org/xmlns">{}</graphml>'
IMPORT_XML = ("import", "a.graphml", "--mapping", "interviews/mapping.toml", "--out", "out")
FROM = ("run", "--from", "run/provenance.json")
RESULTS = ("results", "swept", "--csv", "out.csv")
RUN_SCENARIO = ("run", "scenario.toml", *RUN, "--out", "out")
COMPARE = ("compare", "today", "scenario.toml", *RUN, "--out", "out")
REPORT = ("report", "all", "--ledger", "0")
STATED = ("study", "check", "mine.toml")
LIST = FILES["list.toml"]


FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def modules(folder: Path) -> None:
    """Modules with the names of those that are loaded."""
    for name in ("sim", "analysis", "experiments", "numpy", "act"):
        (folder / f"{name}.py").write_text(f"open('{PROOF}', 'w')\n")


def traversal(content: dict) -> None:
    content["file"]["design"]["file"] = f"../{OUTSIDE}/secret.csv"
    content["study"] = f"../{OUTSIDE}/x"


def named(name: str) -> Callable[[dict], object]:
    return lambda content: content.update(name=name, title=name)


def all_named(content: dict) -> None:
    content["names"] = [content["names"][0], f"{OUTSIDE}/x"]


def extension_type(folder: Path) -> None:
    """A column of a kind that some versions of Arrow unpickle."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "networks.parquet")
    about = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": pickle.dumps(Act())}
    table = table.cast(table.schema.set(0, table.schema.field(0).with_metadata(about)))
    pq.write_table(table, folder / "networks.parquet")


def objects_in_pools(folder: Path) -> None:
    """Pools of Python objects."""
    import numpy as np

    for path in folder.parent.glob(f"{folder.name}.cache/pool*"):
        path.unlink()
        with path.open("wb") as file:
            np.savez(file, people=np.array([Act()], dtype=object), ties=np.array([Act()], dtype=object))


def open_cache(folder: Path) -> None:
    """A cache into which everybody may write, with acting pickles in it."""
    pickles_in(f"{folder.name}.cache/**/*.nbi")(folder)
    folder.with_name(f"{folder.name}.cache").chmod(0o777)


CASES = (
    *(Hostile("condition of a study", ("mine.toml",), in_study(condition=one), STATED) for one in CONDITIONS),
    *(Hostile("condition of a sweep", ("mine.toml",), in_study(condition=one), ("sweep", "mine.toml", "--out", "out"))
      for one in CONDITIONS[:3]),
    *(Hostile("condition at --where", ("swept",), nothing, (*RESULTS, "--where", one)) for one in CONDITIONS[:-1]),
    *(Hostile("condition in a manifest", ("swept",), changed_json(
        "swept/manifest.json", lambda content, one=one: content["file"].update(constraints=[one])), RESULTS)
      for one in CONDITIONS[:5]),
    Hostile("what calibrate keeps", ("patterns.toml",),
            lambda folder: pickles_in(f"{folder.name}/out/kept/**/*")(folder),
            ("calibrate", "patterns.toml", "--rounds", "1", "--draws", "20", "--out", "out"), True),
    Hostile("machine code", (), lambda folder: pickles_in(f"{folder.name}.cache/**/*.nbi")(folder),
            ("run", "today", *RUN, "--out", "out"), True),
    Hostile("a cache open to all", (), open_cache, ("run", "today", *RUN, "--out", "out"), True),
    Hostile("pools", (), objects_in_pools, ("run", "today", *RUN, "--out", "out"), True),
    Hostile("a column that is a pickle", ("interviewed.toml", "networks.parquet"), extension_type,
            ("run", "interviewed.toml", "--workers", "1", "--uncertainty", "none", "--out", "out")),
    *(Hostile("a link within results", (), link(f"out/{name}", f"../{OUTSIDE}/secret.csv"),
              ("run", "today", *RUN, "--out", "out")) for name in ("outcomes.csv", "provenance.json", "figure.svg")),
    *(Hostile("a link within a sweep", ("mine.toml",), link(f"out/{name}", f"../{OUTSIDE}"),
              ("sweep", "mine.toml", "--out", "out")) for name in ("runs", "results.parquet", "manifest.json")),
    *(Hostile("a link within what is read", ("all",), link(f"all/compare/{name}", f"../../{OUTSIDE}/secret.csv"),
              REPORT)
      for name in ("differences.csv", "figure.svg", "provenance.json", "for_whom.csv")),
    Hostile("a link to read a sweep by", ("swept",), link("swept/runs", f"../{OUTSIDE}"), RESULTS),
    Hostile("a manifest that leads out", ("swept",), changed_json("swept/manifest.json", traversal), RESULTS),
    Hostile("a manifest that leads out", ("listed",), changed_json("listed/manifest.json", traversal),
            ("results", "listed")),
    Hostile("a name that leads out", ("run",), changed_json("run/provenance.json", named(f"{OUTSIDE}/x")), FROM),
    Hostile("a comparison that leads out", ("all",), changed_json("all/compare/provenance.json", all_named), REPORT),
    Hostile("an archive that leads out", ("pair",), archive, ("import", "pair.zip", "--out", "out")),
    Hostile("an archive that bursts", ("pair",), bomb, ("import", "pair.zip", "--out", "out")),
    *(Hostile("a list elsewhere", ("list.toml",), text("list.toml", LIST.replace("points.csv", where)),
              ("study", "check", "list.toml"))
      for where in ("http://127.0.0.1:9/x.csv", "s3://127.0.0.1/x.csv", "file:///etc/passwd")),
    Hostile("entities of XML", ("interviews",), text("a.graphml", XML.format('<!ENTITY e0 "lol">' + ENTITIES, "&e11;")),
            IMPORT_XML),
    *(Hostile("entities of XML elsewhere", ("interviews",),
              text("a.graphml", XML.format(f'<!ENTITY x SYSTEM "{where}">', "&x;")), IMPORT_XML)
      for where in (f"{OUTSIDE}/secret.csv", "http://127.0.0.1:9/x")),
    *(Hostile("formulas in names", (), in_scenario(one, f"{one}.toml".replace("/", "")),
              ("compare", "today", f"./{one}.toml", *RUN, "--out", "out")) for one in FORMULAS[:4]),
    *(Hostile("formulas in interviews", ("pair",),
              text("pair/people.csv", f"id,illness,phq9,note\n{one},psychosis,2,\n"),
              ("import", "pair", "--out", "out")) for one in FORMULAS),
    *(Hostile("escapes in a title", ("scenario.toml",), in_scenario(ESCAPES), words)
      for words in (RUN_SCENARIO, COMPARE, ("scenarios", "scenario.toml"))),
    *(Hostile("escapes in a study", ("mine.toml",), in_study(ESCAPES), words)
      for words in (STATED, ("sweep", "mine.toml", "--out", "out"))),
    Hostile("escapes in a manifest", ("swept",),
            changed_json("swept/manifest.json", lambda content: content.update(title=ESCAPES)), RESULTS),
    *(Hostile("strange titles", ("scenario.toml",), in_scenario(title), COMPARE)
      for title in (MARKUP, "$\\frac$ x_{1", "\\input{/etc/passwd} $", "{title!r} %s %(x)s", "\u202etitle\u2066")),
    Hostile("markup in a report", ("all",), lambda folder: None, (*REPORT, "--question", MARKUP)),
    Hostile("markup in what is reported", ("all",),
            changed_json("all/compare/provenance.json", lambda content: content.update(titles=[MARKUP, MARKUP])),
            REPORT),
    Hostile("a figure that acts", ("all",), text("all/compare/figure.svg", FIGURE), REPORT),
    Hostile("settings of matplotlib", (), text("matplotlibrc", "text.usetex: True\nbackend: module://act\n"),
            ("run", "today", *RUN, "--out", "out")),
    Hostile("settings of numba", (), text(".numba_config.yaml", f"cache_dir: {OUTSIDE}\n"),
            ("run", "today", *RUN, "--out", "out")),
    Hostile("modules of the project's names", (), modules, ("run", "today", *RUN, "--out", "out")),
)  # fmt: skip
