"""`supportnet schema`: JSON Schema of the files that people write."""

from typing import Annotated

import typer

from analysis.commands.options import Json, Quiet


def schema(
    kind: Annotated[str, typer.Argument(metavar="[scenario|mapping|networks]", help="Which file.")] = "scenario",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """JSON Schema of scenario files (or mapping files, or a row of network files), for editors: keys, units, ranges.

    \b
    Examples:
      supportnet schema > scenario.schema.json
      supportnet schema mapping
    """
    import json

    from sim.importing import mapping_schema, network_schema
    from sim.mistakes import Mistake, nearest
    from sim.scenario import Scenario

    schemas = {"scenario": Scenario.json_schema, "mapping": mapping_schema, "networks": network_schema}
    if kind not in schemas:
        expected, remedy = ", ".join(schemas), nearest(kind, schemas)
        raise Mistake("there is no schema of this", found=kind, expected=expected, remedy=remedy)
    print(json.dumps(schemas[kind](), indent=2))  # what was asked for, so that --json and --quiet change nothing
