"""Reading a mapping file, with a word about whatever is wrong in it; its JSON Schema."""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

from supportnet.sim.importing.mapping_shape import Mapping
from supportnet.sim.storage.toml_files import content_of, decoded, line_of, parsed
from supportnet.sim.storage.toml_kinds import refuse_other_kind
from supportnet.sim.storage.toml_schema import checked


class ReadMapping(NamedTuple):
    """A mapping, the name of its file, the SHA-256 of its bytes, and its text."""

    mapping: Mapping
    name: str
    sha256: str
    text: str

    def place_of(self, key: str) -> str:
        """A key with the line in which it stands, or the table around it."""
        first, _, rest = key.partition(".")
        lines = (line_of(self.text, way.split(".")) for way in (key, f"{first}.0.{rest}"))
        line = max(lines, default=0)
        return f"{key} in the mapping" + (f" (line {line})" if line else "")


def mapping_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a mapping file, for editors."""
    schema = Mapping.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "supportnet mapping"}


def read_mapping(path: Path) -> ReadMapping:
    """The mapping file at this path. A file that can't be read, isn't TOML or has an unknown key is a
    UserInputError."""
    raw = content_of(path)
    text = decoded(raw, str(path))
    written = parsed(text, str(path), 'patient = "id"')
    refuse_other_kind("a mapping", written, str(path))
    remedy = "see docs/import.md, or `supportnet schema mapping`"
    mapping = checked(Mapping, written, text, str(path), remedy)
    return ReadMapping(mapping, path.name, hashlib.sha256(raw).hexdigest(), text)
