"""What a page gives to take home: the scenario as a file, what came of it as a table, and the picture."""

import tempfile
from pathlib import Path
from threading import Event, Lock

from supportnet.analysis.explorer.asked import WhatIf
from supportnet.analysis.explorer.worlds import Worlds
from supportnet.sim.errors import as_written

_drawing = Lock()  # matplotlib draws one picture at a time


def scenario_file(asked: WhatIf) -> str:
    """The what-if as a file, and how to run it."""
    lines = [f"# {asked.command}"]
    if asked.networks:
        lines.append(f"# People are read from {as_written(asked.networks)}, which has to lie beside this file.")
    return "\n".join([*lines, asked.file])


def outcomes_csv(worlds: Worlds, asked: WhatIf, halt: Event) -> bytes:
    """Outcomes of both worlds at the end, replicate by replicate, as `outcomes.csv` has them."""
    import pandas as pd

    from supportnet.analysis.files.writing import without_formulas  # slow to load

    found = worlds.compared(asked, halt)
    table = without_formulas(pd.concat([world.outcomes for world in found.worlds], ignore_index=True))
    return table.to_csv(index=False, lineterminator="\n").encode()


def picture(worlds: Worlds, asked: WhatIf, kind: str, halt: Event) -> bytes:
    """The figure of `supportnet compare`, as PNG or SVG."""
    from supportnet.analysis.figures.compare import compare_figure  # slow to load
    from supportnet.analysis.figures.style import save_figure

    found = worlds.compared(asked, halt)
    with _drawing, tempfile.TemporaryDirectory() as folder:
        save_figure(compare_figure(found, f"What-if: {asked.in_words}. "), Path(folder))
        return Path(folder, f"figure.{kind}").read_bytes()
