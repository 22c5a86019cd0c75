"""The compiled core against the same passes in C (core.c), on the very same arrays, with equal results."""

import ctypes
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Row, Skipped, alternate, spread
from benchmarks.worlds import KEY, live, living, run_of
from supportnet.sim.area.population import Area
from supportnet.sim.enums import NATURAL, SERVICE, Mechanism, Role
from supportnet.sim.randomness import Draw, Key
from supportnet.sim.rules import PackedRules
from supportnet.sim.state import Input, Person, SharedSupporter, Sums, Tie, record

PATIENTS, WEEKS = 10_000, 26
FLAGS = ("-O3", "-march=native", "-ffp-contract=off")
C_NAMES = {
    "float64": "double", "float32": "float", "int64": "int64_t", "int32": "int32_t", "int16": "int16_t",
    "int8": "int8_t", "uint8": "uint8_t", "uint16": "uint16_t", "uint32": "uint32_t",
}  # fmt: skip
WEEK = {  # what the C side has at hand: name -> C declaration
    "people": "Person *", "n_people": "int64_t", "ties": "Tie *", "several": "SharedSupporter *",
    "n_several": "int64_t",
    "n_posts": "int64_t", "sums": "Sums *", "where": "const int32_t *", "lowest": "int64_t", "n_where": "int64_t",
    "numbers": "const Parameters *", "services": "const Services *", "held": "const double *", "seed": "int64_t",
    "replicate": "int64_t", "number": "int64_t", "meeting": "Luck *", "inputs": "double *", "goals": "double *",
}  # fmt: skip


class AtHand(ctypes.Structure):
    """The C side's week."""

    _fields_ = [(name, ctypes.c_void_p if "*" in kind else ctypes.c_int64) for name, kind in WEEK.items()]


def c_struct(name: str, kind: np.dtype[Any]) -> list[str]:
    """A record type as a C struct, groups first, with every place of a field asserted."""
    lines, members = [], []
    assert kind.fields is not None
    for field, (inner, *_) in kind.fields.items():
        base, shape = inner.subdtype or (inner, ())
        if base.fields:
            lines += c_struct(field.capitalize(), base)
        declared = field.capitalize() if base.fields else C_NAMES[base.name]
        members.append(f"    {declared} {field}{''.join(f'[{length}]' for length in shape)};")
    lines += ["typedef struct {", *members, f"}} {name};"]
    lines += [
        f'_Static_assert(offsetof({name}, {field}) == {place[1]}, "{name}.{field}");'
        for field, place in kind.fields.items()
    ]
    return [*lines, f'_Static_assert(sizeof({name}) == {kind.itemsize}, "{name}");', ""]


def layout(rules: PackedRules) -> str:
    """The header: the records of state and rules, and the model's enums."""
    lines = ["#include <stddef.h>", "#include <stdint.h>", ""]
    for kind in (Person, Tie, SharedSupporter, Sums):
        lines += c_struct(kind.__name__, record(kind))
    lines += c_struct("Parameters", rules.parameters.dtype) + c_struct("Services", rules.services.dtype)
    for prefix, words in (("", Role), ("MECHANISM_", Mechanism), ("INPUT_", Input), ("DRAW_", Draw)):
        lines += [f"#define {prefix}{word.name} {word.value}" for word in words]
    lines += [f"#define NATURAL ({NATURAL})", f"#define SERVICE ({SERVICE})", f"#define N_INPUTS {len(Input)}", ""]
    lines += ["typedef struct {", *(f"    {kind} {name};" for name, kind in WEEK.items()), "} Week;", ""]
    return "\n".join(lines)


def compiler() -> str | None:
    """A C compiler that takes the flags of gcc and clang, if there is one."""
    return next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)


@cache
def library(header: str) -> Any:
    """core.c, compiled for this machine and loaded."""
    cc = compiler()
    if cc is None:
        raise Skipped("no C compiler")
    folder = Path(tempfile.mkdtemp(prefix="supportnet-c-"))
    (folder / "layout.h").write_text(header, encoding="utf-8")
    source = Path(__file__).with_name("core.c")
    made = subprocess.run(
        [cc, *FLAGS, "-shared", "-fPIC", f"-I{folder}", str(source), "-o", str(folder / "core.so"), "-lm"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise Skipped(f"the C compiler failed: {made.stderr.strip()[:2000]}")
    loaded = ctypes.CDLL(str(folder / "core.so"))
    shutil.rmtree(folder, ignore_errors=True)
    loaded.live_weeks.argtypes = [ctypes.POINTER(AtHand), ctypes.c_int64, ctypes.c_int64]
    return loaded


def live_in_c(area: Area, rules: PackedRules, first_week: int, weeks: int, key: Key = KEY) -> None:
    """Live some weeks in C, in place. For areas without programmes and with one worker."""
    world, desk = area
    assert len(rules.programmes) == 0, "core.c knows no programmes"
    core = library(layout(rules))
    meeting, inputs = np.zeros((int(world.people.rows.max()), 3), np.uint32), np.zeros(len(Input))
    goals = np.zeros((2, len(Role)))
    arrays = {
        "people": world.people, "ties": world.ties, "several": world.several, "sums": desk.sums, "where": desk.where,
        "numbers": rules.parameters, "services": rules.services, "held": rules.mechanisms, "meeting": meeting,
        "inputs": inputs, "goals": goals,
    }  # fmt: skip
    at_hand = AtHand(
        **{name: array.ctypes.data for name, array in arrays.items()},
        n_people=len(world.people), n_several=len(world.several), n_posts=desk.n_posts, lowest=desk.lowest,
        n_where=len(desk.where), seed=int(key[0]), replicate=int(key[1]),
    )  # fmt: skip
    core.live_weeks(ctypes.byref(at_hand), first_week, weeks)


def differences(one: Area, other: Area) -> dict[str, float]:
    """Fields that differ in any bit, free rows included: "ties.trust" -> largest difference."""
    found = {}
    for name in ("people", "ties", "several"):
        a, b = getattr(one.world, name), getattr(other.world, name)
        for field in a.dtype.names:
            if a[field].tobytes() != b[field].tobytes():
                apart = np.abs(a[field].astype(np.float64) - b[field].astype(np.float64))
                found[f"{name}.{field}"] = float(apart.max())
    return found


def apart_after(patients: int, weeks: int) -> dict[str, float]:
    """What differs after two areas that began alike have lived so many weeks, one in the core and one in C."""
    one, other = run_of(patients), run_of(patients)
    live(one.area, one.orders, 0, weeks)
    live_in_c(other.area, other.orders, 0, weeks)
    return differences(one.area, other.area)


def compare(repeats: int) -> list[Row]:
    """Time per tie-week of the two sides on areas of their own, and whether they stay the same area."""
    apart = apart_after(500, 104)
    one, other = run_of(PATIENTS), run_of(PATIENTS)
    sides = {
        "core": living(one.area, one.orders, WEEKS),
        "C": living(other.area, other.orders, WEEKS, live_in_c),
    }
    times = alternate(sides, repeats)
    apart |= differences(one.area, other.area)
    details = {
        **times.details("ns per tie-week"), "ratio": spread(times.ratios("C", "core"), "x"), "patients": PATIENTS,
        "compiler": " ".join([Path(compiler() or "").name, *FLAGS]),
        "results": f"APART in {len(apart)} fields: no fair race" if apart else "every field equal, bit for bit",
    }  # fmt: skip
    return [Row("core against the same passes in C", times.ratio("C", "core"), "x", at_least=0.8, details=details)]
