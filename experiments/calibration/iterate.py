"""Rounds of a calibration: runs over the prior, emulators, their posterior; runs over that, and again; a last look."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.experiments.calibration.acceptance import accepted, weights_by_trials
from supportnet.experiments.calibration.emulator import Emulator, arrays_of, emulators_from, emulators_of, means_of
from supportnet.experiments.calibration.mcmc import Likelihood, Sampled, sample
from supportnet.experiments.calibration.moves import move_draws
from supportnet.experiments.calibration.store import fitted, store_in
from supportnet.experiments.calibration.targets import CalibrationTarget, targets_of
from supportnet.experiments.execution.checked_files import bytes_of, subfolder
from supportnet.experiments.execution.interruption import interruption
from supportnet.experiments.execution.store import Store
from supportnet.experiments.patterns import PEOPLE
from supportnet.experiments.randomised.evidence import Evidence, shipped_evidence
from supportnet.experiments.runs.plan import plan_of
from supportnet.experiments.runs.run_store import RunReader
from supportnet.experiments.runs.sweep import PARTS
from supportnet.experiments.study.checks import LIST
from supportnet.experiments.study.design import unit_points
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from supportnet.sim.storage.atomic import write_whole

Doubles = NDArray[np.float64]
STEPS, LAST_STEPS = 4000, 40_000  # of each chain, in rounds that only lead on, and in the last
KEPT = 200  # steps of each chain
WIDER = 1.5  # times the errors of emulators, where draws will move by runs of the model: else emulators count too much
IN_FULL = {"people": PEOPLE, "pool": 1000}  # draws are looked at among so many at least
TRIALS_IN_FULL = {"people": 1000, "pool": 1000}
FEWEST = 20  # draws that are kept; were there fewer, all are
RunStudy = Callable[[StudyDefinition, Path], None]  # runs a study to its end in a folder
Watch = Callable[[str], AbstractContextManager[Callable[[float], None] | None]]  # shows how far something is


@dataclass(frozen=True)
class Round:
    """Runs of one round, and what they taught."""

    units: Doubles  # (points, groups) places of the unit cube
    values: Doubles  # (points, targets) as the runs have them, NaN where one has none
    emulators: list[Emulator]  # of this round and those before
    posterior: Sampled


@dataclass(frozen=True)
class Calibrated:
    """All that a calibration found."""

    study: StudyDefinition
    targets: list[CalibrationTarget]
    rounds: list[Round]
    tried: int  # draws of the last posterior at which the model was run
    draws: Doubles  # (draws, groups) places of the unit cube: those of them that are kept
    seen: Doubles  # (draws, targets) what the model itself shows there
    evidence: Evidence  # trials of the presets of the study
    effects: Doubles  # (draws, effects) what the model shows of these trials
    weights: Doubles  # (draws,) posterior probabilities, given them


def fit_study(
    study: StudyDefinition,
    folder: Path,
    run: RunStudy,
    watch: Watch,
    *,
    seed: int,
    n_rounds: int,
    n_draws: int,
    n_moves: int,
    workers: int,
    evidence: Evidence | None = None,
) -> Calibrated:
    """The numbers of a study fitted to the patterns that its scenarios are held to.

    run: runs a study in a folder, and goes on where that was interrupted. n_rounds: of runs, the first over the prior,
    the others over the posterior so far. n_draws: draws from the last posterior, at each of which the model is run.
    n_moves: how often they move, by what the model shows there, before that.
    evidence: trials, if not the shipped ones.
    """
    targets, rounds = checked_targets(study), list[Round]()
    interruption.is_continued(folder)
    store = store_in(folder)
    for number in range(n_rounds):
        name = f"round-{number + 1}"
        units = thinned(rounds[-1].posterior, len(rounds[0].units), seed + number) if rounds else group_units(study)
        design = at_places(study, units, folder / f"{name}.csv") if rounds else study
        run(design, subfolder(folder, name))
        values = target_values(design, folder / name, targets)
        emulators = train_emulators(rounds, units, values, targets, workers, watch, store)
        is_last = number == n_rounds - 1
        steps, wider = LAST_STEPS if is_last else STEPS, WIDER if is_last and n_moves else 1.0
        with watch(f"Chains of {name}") as progress:
            posterior = chains(
                emulators, targets, units.shape[1], store, seed=seed, steps=steps, wider=wider, workers=workers,
                progress=progress or ignore,
            )  # fmt: skip
        rounds.append(Round(units, values, emulators, posterior))
    tried = thinned(rounds[-1].posterior, n_draws, seed + n_rounds)
    for number in range(n_moves + 1):
        name = f"move-{number + 1}" if number < n_moves else "draws"
        last = at_places(with_full_size(study), tried, folder / f"{name}.csv")
        run(last, subfolder(folder, name))
        seen = target_values(last, folder / name, targets)
        if number < n_moves:
            tried = move_draws(tried, even_of(seen, targets), targets[0].edge, errors_of(targets), seed + number)
    kept = accepted(seen, targets)
    if kept.sum() < FEWEST:
        kept[:] = True
    trials = (evidence or shipped_evidence()).of_presets([one.population.preset for one in study.scenarios])
    of_trials = at_places(study_of_trials(study, evidence), tried[kept], folder / "trials.csv")
    run(of_trials, subfolder(folder, "trials"))
    effects = effect_values(of_trials, folder / "trials", trials)
    weights = weights_by_trials(trials, effects)
    return Calibrated(study, targets, rounds, len(tried), tried[kept], seen[kept], trials, effects, weights)


def ignore(share: float) -> None:
    """Nobody watches."""


def train_emulators(
    before: list[Round], units: Doubles, values: Doubles, targets: list[CalibrationTarget], workers: int, watch: Watch,
    store: Store,
) -> list[Emulator]:  # fmt: skip
    """Emulators from these runs and those of the rounds before, with their errors in these."""
    every = np.concatenate([*(one.units for one in before), units])
    shown = np.concatenate([*(one.values for one in before), values])
    even = even_of(shown, targets)
    latest = np.arange(len(every)) >= len(every) - len(units)
    check_shown(even[latest], targets, units.shape[1])
    with watch(f"Emulators of round-{len(before) + 1}") as progress:
        return fitted(
            store, (every, even, latest), lambda: emulators_of(every, even, latest, workers, progress or ignore),
            arrays_of, emulators_from,
        )  # fmt: skip


def check_shown(even: Doubles, targets: list[CalibrationTarget], dims: int) -> None:
    """Raises UserInputError where too few runs of a round (runs, targets) show a value."""
    for target, n in zip(targets, np.isfinite(even).sum(axis=0), strict=True):
        if n <= dims:
            raise UserInputError(
                "too few runs have a value", where=f"{target.pattern.name}, {target.preset}",
                found=f"{n:,} of {len(even):,} runs", expected=f"more than fitted parameters ({dims:,})",
                remedy="use a larger n, narrower ranges, or more `people` in the study",
            )  # fmt: skip


def even_of(values: Doubles, targets: list[CalibrationTarget]) -> Doubles:
    """(runs, targets) values on the scale of their ranges."""
    return np.stack([target.even(column) for target, column in zip(targets, values.T, strict=True)], axis=1)


def chains(
    emulators: list[Emulator], targets: list[CalibrationTarget], dims: int, store: Store, *, seed: int, steps: int,
    wider: float, workers: int, progress: Callable[[float], None],
) -> Sampled:  # fmt: skip
    """Draws from the posterior that these emulators make, if their errors are so many times as large."""
    likelihood = likelihood_of(emulators, targets, wider, workers)
    return fitted(
        store, (*arrays_of(emulators), likelihood.low, likelihood.high, likelihood.error, (dims, seed, steps, wider)),
        lambda: sample(likelihood, dims, seed, draws=steps, thin=steps // KEPT, progress=progress),
        Sampled.arrays, Sampled.of,
    )  # fmt: skip


def errors_of(targets: list[CalibrationTarget]) -> Doubles:
    """(targets,) Standard errors of published estimates; NaN where evidence is a range."""
    return np.array([target.error for target in targets])


def likelihood_of(
    emulators: list[Emulator], targets: list[CalibrationTarget], wider: float, workers: int
) -> Likelihood:
    """How probable it is that all values are in range; wider: times the errors of emulators."""
    edges, errors = np.array([target.edge for target in targets]), errors_of(targets)
    sds = wider * np.array([one.fit.sd for one in emulators])
    return Likelihood(means_of(emulators, workers), sds, -edges, edges, errors)


def thinned(posterior: Sampled, n: int, seed: int) -> Doubles:
    """So many draws of a posterior, by chance."""
    flat = posterior.units.reshape(-1, posterior.units.shape[-1])
    return np.asarray(flat[np.random.default_rng(seed).choice(len(flat), n, replace=len(flat) < n)])


def group_units(study: StudyDefinition) -> Doubles:
    """(points, groups) places of the unit cube of a study's design."""
    of = [factor.group or factor.name for factor in study.factors]
    return unit_points(study)[:, [of.index(group) for group in study.groups]]


def numbers_at(study: StudyDefinition, units: Doubles) -> pd.DataFrame:
    """Values of the factors at these places of the groups (points, groups)."""
    of = [study.groups.index(factor.group or factor.name) for factor in study.factors]
    columns = {factor.name: factor.quantiles(units[:, k]) for factor, k in zip(study.factors, of, strict=True)}
    return pd.DataFrame(columns)


def at_places(study: StudyDefinition, units: Doubles, path: Path) -> StudyDefinition:
    """The same study with a list of design points, which is written where it is not there yet."""
    content = numbers_at(study, units).to_csv(index=False, lineterminator="\n").encode()
    if not path.exists() or bytes_of(path) != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        with write_whole(path) as file:
            file.write(content)
    design = study.design.model_copy(update={"kind": LIST, "file": str(path.resolve())})
    file_ = study.file.model_copy(update={"design": design, "factors": {}, "constraints": []})
    return StudyDefinition.of(file_, study.scenarios, study.text, study.called, study.folder)


def with_full_size(study: StudyDefinition) -> StudyDefinition:
    """The same study among no fewer people than draws are looked at."""
    sizes = {name: max(getattr(study.file, name), size) for name, size in IN_FULL.items()}
    return StudyDefinition.of(
        study.file.model_copy(update=sizes), study.scenarios, study.text, study.called, study.folder
    )


def study_of_trials(study: StudyDefinition, evidence: Evidence | None) -> StudyDefinition:
    """The same study of what programmes do in trials."""
    path = evidence.path if evidence else ""
    file = study.file.model_copy(update={**TRIALS_IN_FULL, "measure": "trials", "evidence": path})
    return StudyDefinition.of(file, study.scenarios, study.text, study.called, study.folder)


def effect_values(study: StudyDefinition, folder: Path, evidence: Evidence) -> Doubles:
    """(points, effects) what the runs in a folder show, means over replicates."""
    plan, shelf = plan_of(study), RunReader(folder / PARTS, study.columns)
    names = [effect.name for effect in evidence.effects]
    found = shelf.values(plan.names, names, study.weeks)[:, -1]
    found = found.reshape(len(study.scenarios), plan.n_points, plan.replicates, len(names)).mean(axis=2)
    presets = [scenario.population.preset for scenario in study.scenarios]
    return np.stack([found[presets.index(one.about.preset), :, k] for k, one in enumerate(evidence.effects)], axis=1)


def target_values(study: StudyDefinition, folder: Path, targets: list[CalibrationTarget]) -> Doubles:
    """(points, targets) what the runs in a folder show, means over replicates."""
    plan, shelf = plan_of(study), RunReader(folder / PARTS, study.columns)
    names = list(dict.fromkeys(target.pattern.name for target in targets))
    found = shelf.values(plan.names, names, study.weeks)[:, -1]
    found = found.reshape(len(study.scenarios), plan.n_points, plan.replicates, len(names)).mean(axis=2)
    return np.stack([found[target.scenario, :, names.index(target.pattern.name)] for target in targets], axis=1)


def checked_targets(study: StudyDefinition) -> list[CalibrationTarget]:
    """What a study is held to. Raises UserInputError where it cannot be calibrated."""
    problems = (
        (study.file.measure != "patterns", f"it measures {study.file.measure}", 'measure = "patterns"'),
        (
            study.design.kind not in ("sobol_sequence", "latin"),
            f"design {study.design.kind}",
            "sobol_sequence or latin",
        ),
        (bool(study.conditions), "constraints", "no constraints: the prior is given by its factors"),
        (
            any(factor.distribution in ("choice", "integer") for factor in study.factors),
            "words, switches or whole numbers",
            "numbers only",
        ),
    )
    for wrong, found, expected in problems:
        if wrong:
            raise UserInputError(
                "this study cannot be used for calibration", where=study.called, found=found, expected=expected,
                remedy="start from the shipped study: supportnet calibrate calibration",
            )  # fmt: skip
    return targets_of(study)
