"""Every example of docs/mesa.md and docs/networks.md runs as it stands."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from supportnet.sim.mesa.agents import Family, Patient, Supporter
from supportnet.sim.mesa.ties import ArrayNumber, TieView

PAGE, NETWORKS = (
    (Path(__file__).parents[1] / "docs" / name).read_text(encoding="utf-8") for name in ("mesa.md", "networks.md")
)
EXAMPLES, OF_NETWORKS = (
    re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL) for page in (PAGE, NETWORKS)
)


@pytest.mark.parametrize("example", EXAMPLES + OF_NETWORKS)
def test_example__runs_and_tells_something(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as told:
        exec(example, {"__name__": "__main__"})
    assert told.getvalue().strip()


def test_page__leaves_no_example_out() -> None:
    assert len(EXAMPLES) == 6
    assert PAGE.count("```") == 2 * len(EXAMPLES)
    assert NETWORKS.count("```") == 2 * len(OF_NETWORKS)


def test_calls__make_people_less_lonely() -> None:
    """The page says that the difference is the behaviour's: it had better be there."""
    (example,) = (example for example in EXAMPLES if "phone_calls" in example)
    names: dict[str, object] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(example, names)
    without, with_calls = names["without"], names["with_calls"]
    assert with_calls.outcomes["loneliness"] < without.outcomes["loneliness"]  # type: ignore[attr-defined]


def test_the_table__names_everything_that_can_be_written() -> None:
    text = PAGE.partition("## What can be read and written")[2]
    for kind in (Patient, Supporter, Family, TieView):
        for name, about in vars(kind).items():
            if isinstance(about, ArrayNumber):
                assert f"`{name}`" in text, (kind, name)
