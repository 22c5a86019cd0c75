"""JSON Schema of a scenario file, and the dotted names by which its keys are known elsewhere."""

from functools import cache
from typing import Any

from supportnet.sim.enums import Mechanism
from supportnet.sim.parameters import Number, Parameters, numbers, value
from supportnet.sim.scenario.schema import NEEDED, OVER_TIME, SECTIONS, ScenarioFile


def range_of(about: Number) -> str:
    """Range and unit of a number of the model, in the words of a message."""
    return f"a number from {about.low:,} to {about.high:,} ({about.unit})"


@cache
def dotted_names() -> tuple[str, ...]:
    """Every dotted name that `--set`, study factors and the calendar may use; NAME stands for any programme."""
    names = ["weeks", "title", "assumes"]
    for section in ("population", "services", "programmes.*"):
        names += [f"{section.replace('*', 'NAME')}.{field}" for field in SECTIONS[section].model_fields]
    return (*names, *(f"mechanisms.{name}" for name in Mechanism.words()), *numbers())


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file, for editors: every key with unit, range and default."""
    schema = ScenarioFile.model_json_schema()
    sections, tables = schema["properties"], schema["$defs"]
    programme, entry = tables["Programme"], tables["CalendarEntry"]
    known = _numbers()
    sections["parameters"] |= {"properties": known, "additionalProperties": False}
    costs = {name.removeprefix("costs."): about for name, about in known.items() if name.startswith("costs.")}
    sections["costs"] |= {"properties": costs, "additionalProperties": False}
    entry["properties"]["set"]["propertyNames"] = {"pattern": rf"^({'|'.join(OVER_TIME)})(\.|$)"}
    entry["properties"]["target"].pop("default")
    for column in NEEDED:  # one of the ten has a value of its own, a new programme none
        programme["properties"][column].pop("default", None)
    for table in (sections["mechanisms"], programme["properties"]["uses"]):
        names = table.pop("propertyNames")["enum"]
        table["properties"] = dict.fromkeys(names, table["additionalProperties"])
        table["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "supportnet scenario"}


def _numbers() -> dict[str, Any]:
    """A schema for every number of the model by its dotted name."""
    reference = Parameters()
    return {
        name: {
            "type": "number",
            "minimum": about.low,
            "maximum": about.high,
            "default": value(reference, name),
            "title": range_of(about),
            "description": f"Source: {about.source}",
        }
        for name, about in numbers().items()
    }
