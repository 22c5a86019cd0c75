"""Real ego networks in: from files as exported to a network file that a scenario can use."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supportnet.sim.importing.drafting import Draft, draft_mapping
    from supportnet.sim.importing.importer import import_networks
    from supportnet.sim.importing.mapping import mapping_schema
    from supportnet.sim.importing.report import Report

__all__ = [
    "Draft", "Report", "draft_mapping", "import_networks", "mapping_schema",
]  # fmt: skip
LATER = {  # what only imports need waits until it is asked for
    "Draft": "drafting",
    "Report": "report",
    "draft_mapping": "drafting",
    "import_networks": "importer",
    "mapping_schema": "mapping",
}


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATER[name]}"), name)
