"""Whatever a scenario file holds, reading it succeeds or ends in a UserInputError: never in any other exception."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from supportnet.sim.area.compile_rules import segments
from supportnet.sim.enums import Expert, Mechanism, Reciprocity, Resource, Role, Target
from supportnet.sim.errors import UserInputError
from supportnet.sim.parameters import numbers
from supportnet.sim.scenario.files import Source, shipped_programmes
from supportnet.sim.scenario.json_schema import dotted_names, scenario_schema
from supportnet.sim.scenario.layers import layer, merged
from supportnet.sim.scenario.scenario import Scenario, library
from supportnet.sim.scenario.schema import FIXED, SECTIONS, ScenarioFile

WORDS = sorted(
    {word for words in (Expert, Mechanism, Reciprocity, Resource, Role, Target) for word in words.words()}
    | {"facilitator", "baseline", "psychosis", "mixed", "today", "held", "befriending", "garden", *numbers()}
    | {field for section in SECTIONS.values() for field in section.model_fields}
)
TEN = list(shipped_programmes())
READ = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

leaves = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=8),
    st.integers(),
    st.integers(-2, 200),
    st.floats(),
    st.floats(0, 1),
    st.booleans(),
    st.dates(),
)
keys = st.one_of(st.sampled_from(WORDS), st.sampled_from(dotted_names()), st.text(max_size=6))
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


def valid(about: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the JSON Schema of a key allows."""
    if "enum" in about:
        return st.sampled_from(about["enum"])
    if about["type"] == "number":
        return st.floats(about["minimum"], about["maximum"])
    if about["type"] == "integer":
        return st.integers(about["minimum"], min(150, about.get("maximum", 150)))
    return {"boolean": st.booleans(), "string": st.text(max_size=5)}.get(about["type"], st.nothing())


def table_like(section: str, *without: str) -> st.SearchStrategy[dict[str, Any]]:
    """Tables with some of their keys and valid values."""
    keys = {key: valid(about) for key, about in SCHEMA["$defs"][section]["properties"].items() if key not in without}
    return st.fixed_dictionaries({}, optional={key: values for key, values in keys.items() if not values.is_empty})


SCHEMA = scenario_schema()
held = st.booleans() | st.fixed_dictionaries(
    {"held": st.floats(0, 1) | st.dictionaries(st.sampled_from(Role.words()), st.floats(0, 1), max_size=2)}
)
services = table_like("ServiceLevers")
programmes = st.dictionaries(st.sampled_from(TEN), table_like("Programme", "delivered_by"), max_size=3)
mechanisms = st.dictionaries(st.sampled_from(Mechanism.words()), held, max_size=2)
later = st.dictionaries(st.sampled_from(TEN), table_like("Programme", *FIXED), min_size=1, max_size=3)
changes = (
    st.fixed_dictionaries({"services": services}, optional={"programmes": later})
    | st.fixed_dictionaries({"programmes": later})
    | st.fixed_dictionaries({"mechanisms": mechanisms})
)
entries = st.fixed_dictionaries(
    {"week": st.integers(0, 149), "set": changes}, optional={"target": st.sampled_from(Target.words())}
)
sensible = st.fixed_dictionaries(
    {"weeks": st.just(151)},
    optional={
        "population": table_like("Population", "networks"),
        "services": services,
        "programmes": programmes,
        "mechanisms": mechanisms,
        "calendar": st.lists(entries, max_size=3),
    },
)
wild = st.dictionaries(st.sampled_from(sorted(ScenarioFile.model_fields)), anything, max_size=5)


def told(read: Any) -> Scenario | None:
    """What is read, or None where it ended in a mistake that says all that it should."""
    try:
        scenario: Scenario = read()
        return scenario
    except UserInputError as mistake:
        missing = [part for part in ("found: ", "expected: ", "remedy: ") if part not in str(mistake)]
    assert missing == []
    return None


@READ
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b"\xff\xfe")
@example(b"a" * 100 + b"[" * 5000)
@example(b"a = " + b"[" * 5000)
@example(b"a = " + b"9" * 5000)
@example(b"[[calendar]]\nset = {}")
@example(b"\x00")
def test_random_bytes__are_a_scenario_or_a_mistake(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "random.toml"
    path.write_bytes(content)
    told(lambda: Scenario.load(path))


@READ
@given(lines=st.lists(st.sampled_from(library()), min_size=1, max_size=2), data=st.data())
def test_a_shipped_file_with_some_letters_changed__is_a_scenario_or_a_mistake(
    tmp_path: Path, lines: list[str], data: st.DataObject
) -> None:
    text = "\n".join(files("supportnet.sim").joinpath("scenarios", f"{name}.toml").read_text("utf-8") for name in lines)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + data.draw(st.text(max_size=3)) + text[place + data.draw(st.integers(0, 5)) :]
    path = tmp_path / "changed.toml"
    path.write_text(text, encoding="utf-8")
    told(lambda: Scenario.load(path))


@READ
@given(said=sensible | wild | st.builds(merged, sensible, wild.filter(lambda said: "calendar" not in said)))
def test_any_tables__are_rules_or_a_mistake(said: dict[str, Any]) -> None:
    said.pop("based_on", None)
    scenario = told(lambda: Scenario("any", (layer(Source("any"), said),)))
    if scenario is None:
        return
    canonical = json.dumps(scenario.canonical(), allow_nan=False)
    assert Scenario.from_canonical(json.loads(canonical), "copy").canonical() == json.loads(canonical)
    if not scenario.needs_baseline_means:
        spans = segments(scenario, 70)
        assert spans[0].first_week == 0
        assert spans[-1].last_week_exclusive == scenario.weeks


@READ
@given(values=st.dictionaries(st.sampled_from(dotted_names()) | keys, leaves | anything, max_size=3))
@example({"weeks": 10**5000})
@example({"title": "x\ny = 1"})
@example({"services.caseload": "[" * 5000})
def test_any_values_by_hand__are_a_scenario_or_a_mistake(values: dict[str, object]) -> None:
    told(lambda: Scenario.load("peer-support-roll-out", values))
