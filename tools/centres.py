"""The reference area's means, worked out as a fixed point: `python -m tools.centres` writes sim/reference_area.py.

The equations of distress, withdrawal and relapse read how far a person is from the mean of the reference area, and the
bases of the five recovery processes are such that each averages .667. Both depend on what the equations then make of
the area, so they are found by turns: live forty years, take the means, begin again. The area answers a shift of the
means by a shift the other way, so that the first turns move them part of the way; and noise makes one turn's means
stray by some thousandths, so that the later turns are averaged.
"""

from pathlib import Path
from typing import Any

import numpy as np
import typer

from supportnet.sim.area.pool import NO_RUN, root_rules
from supportnet.sim.area.population import Area, first_area, tie_rows
from supportnet.sim.area.week import live_weeks_together
from supportnet.sim.enums import Role
from supportnet.sim.parameters import ByProcess, Centre, Parameters
from supportnet.sim.randomness import rng_key
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.state import N_SEEN, Input

GOAL = 0.667  # mean of each process: QPR 40 of 60
PEOPLE = 3000
YEARS_BEFORE, SNAPSHOTS, APART = 35, 10, 26  # years, then so many looks, so many weeks apart
TURNS, FIRST, PART = 12, 4, 0.6  # turns; so many first ones move the means this part of the way


def look(area: Area, parameters: Parameters) -> dict[str, Any]:
    """Means of the area now, by the names of `parameters.Centre`, and of the five processes."""
    people = area.world.people
    ties = area.world.ties[tie_rows(people)]
    owner = np.repeat(np.arange(len(people)), people.n_ties)
    inputs, half = people.inputs.astype(np.float64), parameters.recover.half

    def sat(column: Input) -> Any:
        return inputs[:, column] / (inputs[:, column] + half)

    family = ties.role == Role.FAMILY
    prior = parameters.clinic.critical_prior
    critical = inputs[:, Input.CRITICAL] + prior * parameters.centre.critical_share
    relatives = np.bincount(owner[family], minlength=len(people))
    warmth = np.bincount(owner[family], (ties.warmth * ties.strength)[family], len(people))
    friction = np.bincount(owner, ties.friction, len(people))
    has = people.n_ties > 0
    means = {
        "loneliness": people.loneliness.mean(),
        "critical_share": (critical / (inputs[:, Input.FAMILY] + prior)).mean(),
        "friction": (friction[has] / people.n_ties[has]).mean(),
        "hope": people.processes[:, 1].mean(),
        "family_warmth": (warmth[relatives > 0] / relatives[relatives > 0]).mean(),
        "empowerment": people.processes[:, 4].mean(),
        "distress": people.distress.mean(),
        "contact": sat(Input.SOCIAL).mean(),
        "relatives_strain": ties.strain[family].mean(),
        "staff_strain": area.world.several.strain[: area.desk.n_posts].mean(),
    }
    return {**{name: float(mean) for name, mean in means.items()}, "processes": people.processes.mean(axis=0)}


def means_under(parameters: Parameters, workers: int = 2) -> tuple[Centre, Any]:
    """Means of the stationary reference area under these numbers; and of the processes, (5,)."""
    rules, unseen = root_rules(Scenario.load("today"), parameters), np.zeros((0, N_SEEN))
    key = rng_key(1, NO_RUN)
    area, week, looks = first_area(PEOPLE, rules, key, 1.0, workers), 0, []
    for weeks in [52 * YEARS_BEFORE] + [APART] * SNAPSHOTS:
        live_weeks_together(area.world, rules, area.desk, key, week, weeks, every=0, seen=unseen, workers=workers)
        week += weeks
        looks.append(look(area, parameters))
    centre = Centre(*(float(np.mean([one[name] for one in looks[1:]])) for name in Centre._fields))
    return centre, np.mean([one["processes"] for one in looks[1:]], axis=0)


def settle(parameters: Parameters, turns: int = TURNS) -> Parameters:
    """Numbers with centres and bases that reproduce themselves."""
    for turn in range(turns):
        centre, processes = means_under(parameters)
        moved = max(abs(a - b) for a, b in zip(centre, parameters.centre, strict=True))
        print(f"turn {turn + 1}: centres moved by at most {moved:.4f}; processes {np.round(processes, 3)}", flush=True)
        shift = np.log(GOAL / (1 - GOAL)) - np.log(processes / (1 - processes))
        part = PART if turn < FIRST else 1.0 / (turn - FIRST + 2)
        centre = Centre(*(a + part * (b - a) for a, b in zip(parameters.centre, centre, strict=True)))
        base = ByProcess(*(float(b + part * s) for b, s in zip(parameters.recover.base, shift, strict=True)))
        parameters = parameters._replace(centre=centre, recover=parameters.recover._replace(base=base))
    return parameters


def main() -> None:
    """Work out the means and write them down."""
    parameters = settle(Parameters())
    centres = "".join(f'    "{name}": {mean:.5f},\n' for name, mean in parameters.centre._asdict().items())
    bases = ", ".join(f"{base:.5f}" for base in parameters.recover.base)
    path = Path(__file__).parent.parent / "sim" / "reference_area.py"
    head = path.read_text(encoding="utf-8").split("\n", 1)[0]
    path.write_text(f"{head}\n\nCENTRES = {{\n{centres}}}\nBASES = ({bases})\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
