"""Real ego networks in: from files as exported to a network file that a scenario can use."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.importing.network_cache import cached_networks
from sim.importing.network_file import network_schema
from sim.importing.network_reader import Networks, read_networks

if TYPE_CHECKING:
    from sim.importing.drafting import Draft, draft_mapping
    from sim.importing.importer import import_networks
    from sim.importing.mapping import mapping_schema
    from sim.importing.report import Report

__all__ = [
    "Draft", "Networks", "Report", "cached_networks", "draft_mapping", "import_networks", "mapping_schema",
    "network_schema", "read_networks",
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
