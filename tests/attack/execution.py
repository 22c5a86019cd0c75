"""Files that try to act: nothing is started, reached, written or read but what the command needs."""

import csv
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from random import Random

from tests.attack import hostile
from tests.attack.checks import contents, fault_in
from tests.attack.commands import TINY_CALIBRATION
from tests.attack.hostile import PROOF, Hostile
from tests.attack.kills import State, samples_made
from tests.attack.machine_code import linked
from tests.attack.processes import Ended, beside, ended, started
from tests.attack.results import Ending, Result, fault
from tests.attack.samples import MAKES_POOLS_SMALL, cleared, copied
from tests.attack.watch import ALLOWED, EVENTS

CASES = len(hostile.CASES)
SECONDS = 200.0
SECRET = "services.caseload\n47.110815\n"  # what may not come out of a folder that a command is not told of
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WATCHED = f"from tests.attack.watch import watch\nwatch()\n{MAKES_POOLS_SMALL}\n"
SOUND = Hostile("sound", (), hostile.nothing, ("run", "today", *hostile.RUN, "--out", "out"))


def prepare(folder: Path) -> State:
    state = State(folder, samples_made(folder), Path(os.environ["SUPPORTNET_CACHE"]), {})
    tried(SOUND, state, "first")  # compiles what is not there yet
    if wrong := tried(SOUND, state, "sound"):
        raise RuntimeError(f"a sound run acts: {wrong}")
    return state


def attack(state: State, rng: Random, number: int) -> Result:
    """One hostile input."""
    case = hostile.CASES[number % len(hostile.CASES)]
    wrong = tried(case, state, f"case-{number}")
    how = " ".join(case.words)[:200]
    return fault(case.name, wrong, how) if wrong else Result(Ending.UNCHANGED, case.name)


def tried(case: Hostile, state: State, name: str) -> str:
    """What is wrong after a command has read what somebody else has prepared."""
    above = state.folder / name
    above.mkdir()
    folder = copied(state.samples, case.inputs, above / "here")
    (above / "outside").mkdir()
    (above / "outside" / "secret.csv").write_text(SECRET)
    linked(state.cache, beside(folder, "cache"))
    try:
        if case.again:
            run(case, folder)
            shutil.rmtree(folder / "out" / "runs", ignore_errors=True)
        case.prepare(folder)
        return wrong_with(run(case, folder), folder)
    finally:
        cleared(above)


def run(case: Hostile, folder: Path) -> Ended:
    """The command, watched."""
    of_matplotlib = [Path.home() / ".cache" / "matplotlib", Path.home() / ".config" / "matplotlib"]
    allowed = [folder, beside(folder, "cache"), beside(folder, "tmp"), *of_matplotlib]
    events = beside(folder, "events")
    events.write_bytes(b"")
    os.environ |= {EVENTS: str(events), ALLOWED: os.pathsep.join(map(str, allowed))}
    process = started(
        case.words, folder, beside(folder, "cache"), before=WATCHED + TINY_CALIBRATION * (case.words[0] == "calibrate")
    )
    return ended(process, folder, SECONDS)


def wrong_with(end: Ended, folder: Path) -> str:
    """The first thing that should not be so."""
    outside = contents(folder.parent / "outside")
    checks = (
        fault_in(end),
        "".join(beside(folder, "events").read_text("utf-8", "replace").splitlines()[:1]),
        "it has acted" if list(folder.parent.rglob(PROOF)) else "",
        "what lies outside is changed" if outside != {"secret.csv": SECRET.encode()} else "",
        "it tells what lies outside" if tells(SECRET.split()[1], end, folder) else "",
        "it prints control characters" if CONTROLS.search(end.out + end.err) else "",
        *map(formula_in, folder.glob("out*/**/*.csv")),
        *map(markup_in, [*folder.rglob("report.html"), *folder.rglob("out.html")]),
    )
    return next(filter(None, checks), "")


def tells(secret: str, end: Ended, folder: Path) -> bool:
    """Whether something outside is printed, or copied into a folder."""
    left = contents_but_links(folder)
    return secret in end.out + end.err or any(secret.encode() in content for content in left)


def contents_but_links(folder: Path) -> list[bytes]:
    inside = folder.resolve()
    paths = [path for path in folder.rglob("*") if path.is_file() and path.resolve().is_relative_to(inside)]
    return [path.read_bytes() for path in paths]


def formula_in(path: Path) -> str:
    """A cell of a table that a spreadsheet would work out."""
    with path.open(encoding="utf-8", newline="") as file:
        for cell in (cell for row in csv.reader(file) for cell in row):
            if cell[:1] in tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20") and not is_number(cell):
                return f"{path.name} has a formula: {cell[:40]!r}"
    return ""


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


class Page(HTMLParser):
    """Finds what acts on a page, or is loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.acting = list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "form"):
            self.acting.append(f"<{tag}>")
        for name, value in attrs:
            away = name in ("src", "srcset", "background") and not (value or "").startswith("data:image/")
            if name.startswith("on") or away or (value or "").strip().lower().startswith("javascript:"):
                self.acting.append(f"{name}={(value or '')[:40]}")


def markup_in(path: Path) -> str:
    page = Page()
    page.feed(path.read_text("utf-8"))
    return f"{path.name} has {page.acting[0]}" if page.acting else ""
