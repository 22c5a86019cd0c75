"""The compiled core against the week in plain Mesa objects (tests/reference.py), one thread."""

from benchmarks.measure import Row, alternate, spread
from benchmarks.worlds import living, run_of
from tests.reference import Reference

PATIENTS, WEEKS = 10_000, 10
FEWER = 1_000  # people of the reference: its time per tie-week hardly depends on how many there are


def compare(repeats: int) -> list[Row]:
    """Time per tie-week."""
    run, small = run_of(PATIENTS), run_of(FEWER)
    plain = Reference.from_world(small.area.world, small.spans[0].rules, 1, 0)

    def mesa() -> int:
        plain.step()
        return sum(len(person.ties) for person in plain.persons)

    times = alternate({"core": living(run.area, run.orders, WEEKS), "Mesa objects": mesa}, repeats)
    details = {
        **times.details("ns per tie-week"), "ratio": spread(times.ratios("Mesa objects", "core"), "x"),
        "patients": f"core {PATIENTS}, Mesa objects {FEWER}",
    }  # fmt: skip
    ratio = times.ratio("Mesa objects", "core")
    return [Row("core against the week in Mesa objects", ratio, "x", at_least=100.0, details=details)]
