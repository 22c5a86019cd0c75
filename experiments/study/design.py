"""Design points: places of the unit cube, one column a factor, by the samplers of SALib and scipy."""

import io
import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.execution.capacity import PROCESS, Needs, check_capacity
from supportnet.experiments.study.schema import MOST_RUNS
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import Mistakes, UserInputError
from supportnet.sim.former_numbers import meant_number
from supportnet.sim.storage.toml_files import content_of
from supportnet.sim.storage.toml_schema import place

Doubles = NDArray[np.float64]
Columns = dict[str, NDArray[Any]]
FAST_INTERFERENCE = 4  # M of Saltelli et al. (1999)
COPIES = 5  # of a design in memory while it is made
DGSM_STEP = 0.01  # of the unit interval
MOST_BYTES = 2**28  # of a list of design points


def n_points(study: StudyDefinition) -> int:
    """How many design points the design has, before constraints."""
    design, n_factors, n_groups = study.design, len(study.factors), len(study.groups)
    if design.kind == "list":
        return len(next(iter(listed(study).values())))
    if design.kind == "factorial":
        return int(np.prod([len(factor.places) for factor in study.factors], dtype=object))
    each = {
        "morris": n_groups + 1,
        "sobol": (2 * n_groups if design.second_order else n_groups) + 2,
        "fast": n_factors,
        "dgsm": n_factors + 1,
    }
    return design.n * each.get(design.kind, 1)


def points(study: StudyDefinition) -> Columns:
    """The values of each factor, one a design point, constraints met. Raises UserInputError where nothing is left, or
    too much asked for."""
    check_size(study)
    if study.design.kind == "list":
        return _constrained(study, listed(study))
    unit = unit_points(study)
    values = {factor.name: factor.quantiles(unit[:, k]) for k, factor in enumerate(study.factors)}
    return _constrained(study, values)


def unit_points(study: StudyDefinition) -> Doubles:
    """(points, factors) places of the unit cube before constraints; the same points first where n grows, for the
    designs sobol_sequence, morris and sobol."""
    check_size(study)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning)  # n that is no power of two: `study check` says so
        return SAMPLERS[study.design.kind](study)


def problem(study: StudyDefinition) -> dict[str, Any]:
    """The unit cube as SALib describes it."""
    names = list(study.factor_names)
    definition = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    if any(factor.group for factor in study.factors):
        definition["groups"] = [factor.group or factor.name for factor in study.factors]
    return definition


def check_size(study: StudyDefinition) -> None:
    """Raises UserInputError for a study of too many runs, or whose design needs too much
    memory."""
    n = n_points(study)
    runs = len(study.scenarios) * study.file.replicates * n
    if runs > MOST_RUNS:
        raise UserInputError(
            "too many runs", where=_where(study, "design"), found=f"{runs:,}", expected=f"at most {MOST_RUNS:,}",
            remedy="use fewer levels, points or replicates, or another kind of design",
        )  # fmt: skip
    check_capacity(
        Needs(PROCESS + COPIES * 8.0 * n * len(study.factor_names)), "n, levels or the number of factors in the study"
    )


def _factorial(study: StudyDefinition) -> Doubles:
    grid = np.meshgrid(*(factor.places for factor in study.factors), indexing="ij")
    return np.stack([axis.ravel() for axis in grid], axis=1)


def _latin(study: StudyDefinition) -> Doubles:
    from SALib.sample import latin

    return np.asarray(latin.sample(problem(study), study.design.n, seed=study.design.seed))


def _sobol_sequence(study: StudyDefinition) -> Doubles:
    from scipy.stats import qmc

    engine = qmc.Sobol(len(study.groups), scramble=True, rng=study.design.seed)
    of = [study.groups.index(factor.group or factor.name) for factor in study.factors]
    return np.asarray(engine.random(study.design.n))[:, of]


def _morris(study: StudyDefinition) -> Doubles:
    """Trajectory by trajectory, each with its own seed, so that a finished sample can be extended."""
    from SALib.sample import morris

    definition, design = problem(study), study.design
    trajectories = []
    for k in range(design.n):
        seed = int(np.random.SeedSequence([design.seed, k]).generate_state(1)[0] >> 1) or 1
        trajectories.append(morris.sample(definition, 1, num_levels=design.levels, seed=seed))
    return np.concatenate(trajectories)


def _sobol(study: StudyDefinition) -> Doubles:
    from SALib.sample import sobol

    design = study.design
    return np.asarray(sobol.sample(problem(study), design.n, calc_second_order=design.second_order, seed=design.seed))


def _fast(study: StudyDefinition) -> Doubles:
    from SALib.sample import fast_sampler

    least = 4 * FAST_INTERFERENCE**2
    if study.design.n <= least:
        raise UserInputError(
            "too few points for FAST", where=_where(study, "design", "n"), found=study.design.n,
            expected=f"more than {least} (4 M², M = {FAST_INTERFERENCE})",
            remedy=f"use at least {least + 1}, and more for more than two factors",
        )  # fmt: skip
    return np.asarray(fast_sampler.sample(problem(study), study.design.n, FAST_INTERFERENCE, seed=study.design.seed))


def _dgsm(study: StudyDefinition) -> Doubles:
    from SALib.sample import finite_diff

    # this sampler knows no seed: each one begins further on in the Sobol' sequence
    skipped = 1024 * study.design.seed
    return np.asarray(finite_diff.sample(problem(study), study.design.n, DGSM_STEP, skip_values=skipped))


SAMPLERS: dict[str, Callable[[StudyDefinition], Doubles]] = {
    "factorial": _factorial,
    "latin": _latin,
    "sobol_sequence": _sobol_sequence,
    "morris": _morris,
    "sobol": _sobol,
    "fast": _fast,
    "dgsm": _dgsm,
}


def listed(study: StudyDefinition) -> Columns:
    """Design points in a CSV file."""
    import pandas as pd

    from supportnet.experiments.study.tunables import tunables

    path = _list_path(study)
    try:
        table = pd.read_csv(io.BytesIO(list_bytes(study)), skipinitialspace=True)  # a path could be an address
    except UserInputError:
        raise
    except ValueError as error:
        raise UserInputError(
            f"the list of design points can't be read: {error}", where=_where(study, "design", "file"), found=path,
            expected="a CSV file whose first line names the factors", remedy="check the path and the file",
        ) from None  # fmt: skip
    if not isinstance(table.index, pd.RangeIndex):  # pandas takes what is before the first named column for row labels
        raise UserInputError(
            "a line has more cells than there are names", where=path, found=str(table.index[0])[:60],
            expected="as many as in line 1", remedy="remove the others, or name them",
        )  # fmt: skip
    known, mistakes = tunables(study.scenarios), Mistakes()
    for name in table.columns:
        if name not in known:
            mistakes.all.append(UserInputError(
                "a column is not the name of a factor", where=f"{path}, line 1", found=name,
                expected="dotted names such as services.caseload",
                remedy=meant_number(str(name), known, "docs/parameters.md"),
            ))  # fmt: skip
            continue
        whole = known[name].kind is int and (table[name] % 1 == 0).all() if table[name].dtype.kind == "f" else False
        column = table[name].astype(int) if whole else table[name]
        mistakes.all += [
            UserInputError(
                f"{name} cannot have this value", where=f"{path}, line {row + 2}", found=value,
                expected=known[name].expected, remedy="correct the value",
            )
            for row, value in enumerate(column.tolist())
            if not known[name].takes(value)
        ]  # fmt: skip
    mistakes.raise_any()
    if table.empty:
        expected = "at least one line below the names"
        raise UserInputError(
            "there are no design points", where=path, found="nothing", expected=expected, remedy="add some"
        )
    return {name: table[name].to_numpy() for name in table.columns}


def list_bytes(study: StudyDefinition) -> bytes:
    """The list of design points in its file; empty if the design needs none."""
    if study.design.kind != "list":
        return b""
    try:
        return content_of(_list_path(study), MOST_BYTES)
    except UserInputError as mistake:
        raise mistake.at(_where(study, "design", "file")) from None


def _list_path(study: StudyDefinition) -> str:
    return os.path.join(study.folder, study.design.file)


def _constrained(study: StudyDefinition, values: Columns) -> Columns:
    if not study.conditions:
        return values
    met = np.logical_and.reduce([condition.met(values) for condition in study.conditions])
    if not met.any():
        raise UserInputError(
            "the constraints leave nothing", where=_where(study, "constraints"),
            found=f"0 of {len(met):,} points meet: " + "; ".join(study.file.constraints),
            expected="at least one design point", remedy="loosen one of them, or widen the ranges",
        )  # fmt: skip
    return {name: column[met] for name, column in values.items()}


def _where(study: StudyDefinition, *key: str) -> str:
    return place(study.text, study.called, key)
