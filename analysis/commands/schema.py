"""`supportnet schema`: JSON Schemas of input files."""

from typing import Annotated

import typer

from supportnet.analysis.commands.options import Json, Quiet


def schema(
    kind: Annotated[
        str, typer.Argument(metavar="[scenario|study|mapping|networks|costs|question]", help="Which file.")
    ] = "scenario",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Print the JSON Schema of scenario files (or of studies, mappings, networks, costs, questions), for editors:
    keys, units, ranges.

    \b
    Examples:
      supportnet schema > scenario.schema.json
      supportnet schema study
    """
    import json

    from supportnet.experiments.decision.question_file import question_schema
    from supportnet.experiments.economics import costs
    from supportnet.experiments.study.study import study_schema
    from supportnet.sim.errors import UserInputError, nearest
    from supportnet.sim.importing.mapping import mapping_schema
    from supportnet.sim.network_file.format import network_schema
    from supportnet.sim.scenario.scenario import Scenario

    schemas = {
        "scenario": Scenario.json_schema,
        "study": study_schema,
        "mapping": mapping_schema,
        "networks": network_schema,
        "costs": costs.cost_schema,
        "question": question_schema,
    }
    if kind not in schemas:
        expected, remedy = ", ".join(schemas), nearest(kind, schemas)
        raise UserInputError("there is no schema of this", found=kind, expected=expected, remedy=remedy)
    print(json.dumps(schemas[kind](), indent=2))  # what was asked for, so that --json and --quiet change nothing
