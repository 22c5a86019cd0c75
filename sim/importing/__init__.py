"""Real ego networks in: from files as exported to a network file that a scenario can use."""

from sim.importing.drafting import Draft, draft_mapping
from sim.importing.importer import import_networks
from sim.importing.mapping import mapping_schema
from sim.importing.network_file import network_schema
from sim.importing.network_reader import Networks, read_networks
from sim.importing.report import Report

__all__ = [
    "Draft",
    "Networks",
    "Report",
    "draft_mapping",
    "import_networks",
    "mapping_schema",
    "network_schema",
    "read_networks",
]
