"""A study: scenarios x design points x replicates, read from a file and checked as a whole."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import draws_for
from supportnet.experiments.study.constraints import Condition, condition
from supportnet.experiments.study.factors import Factor, factor_of
from supportnet.experiments.study.observables import limits, units
from supportnet.experiments.study.schema import DesignTable, FactorTable, StudyFile
from supportnet.experiments.study.tunables import Tunable, tunables
from supportnet.sim.errors import Mistakes, UserInputError, nearest
from supportnet.sim.outcomes import Limits
from supportnet.sim.parameters import IDLE, Number, Parameters, numbers, value
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.storage.toml_files import content_of, decoded, parsed
from supportnet.sim.storage.toml_schema import Key, place, right_part, sifted, touches

LIST = "list"
WHOLE = ("sobol", "morris", "fast", "dgsm", LIST)  # designs from which no point may be taken out
WORKED_OUT = ("centre.", "recover.base.")  # means of the reference area, and what sets them (sim/reference_area.py)
STARRED = {None: set(), "uniform": set(), "triangular": set(), "normal": {"sd"}}  # a factor with *, and its keys
Where = Callable[..., str]  # the place of a key, for messages
GROUPED = ("sobol", "morris", "sobol_sequence")  # designs that can move factors together


@dataclass(frozen=True)
class StudyDefinition:
    """A study: scenarios, factors that vary, and a design that says at which points they are simulated.

    `supportnet.Study` is the same for users, with what can be done with it.
    """

    name: str
    file: StudyFile
    scenarios: tuple[Scenario, ...]
    factors: tuple[Factor, ...]
    conditions: tuple[Condition, ...]
    folder: str  # to which its paths are relative
    text: str
    called: str  # as messages name it

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str]) -> Self:
        """A study that ships with supportnet, or from a TOML file.

        Parameters
        ----------
        name_or_path : str or path-like
            A name, such as "levers", or the path of a TOML file (docs/studies.md).

        Returns
        -------
        Study
            The study, checked as a whole.

        Raises
        ------
        UserInputError
            Where there is no such study, or something in it is wrong.

        Examples
        --------
        >>> import supportnet as sn
        >>> study = sn.Study.load("levers")
        >>> study.weeks, [scenario.name for scenario in study.scenarios]
        ((26, 52, 104), ['today'])
        """
        content, name, folder = _find(name_or_path)
        text = decoded(content, name)
        written = parsed(text, name, 'scenarios = ["today"]')
        if isinstance(written.get("factors"), dict):
            written["factors"] = dict(_factor_tables(written["factors"]))
        file, wrong = sifted(StudyFile, written, text, name, "see docs/studies.md, or `supportnet schema study`")
        mistakes, scenarios = Mistakes(), list[Scenario]()
        mistakes.all += wrong.values()
        for one in file.scenarios:
            with mistakes.collected():
                scenarios.append(_scenario(file, one, folder, lambda *key: place(text, name, key)))
        if not mistakes.all:
            return cls.of(file, tuple(scenarios), text, name, folder)
        _check(file, tuple(scenarios), lambda *key: place(text, name, key), mistakes, wrong)
        raise UserInputError.together(mistakes.all)

    @classmethod
    def of(cls, file: StudyFile, scenarios: tuple[Scenario, ...], text: str, name: str, folder: str) -> Self:
        """A study put together from its parts.

        Parameters
        ----------
        file : StudyFile
            What a study file says.
        scenarios : tuple of Scenario
            The scenarios, which have different names and the same number of weeks.
        text : str
            The text of the file, to find lines for messages in.
        name : str
            The name or path of the file.
        folder : str
            The folder to which its paths are relative.

        Returns
        -------
        Study
            The study, checked as a whole.

        Raises
        ------
        UserInputError
            Where the parts do not go together.

        Examples
        --------
        >>> import supportnet as sn
        >>> study = sn.Study.load("levers")
        >>> smaller = tuple(one.with_values({"population.patients": 50}) for one in study.scenarios)
        >>> sn.Study.of(study.file, smaller, study.text, "mine.toml", ".").name
        'mine'
        """

        def where(*key: str) -> str:
            return place(text, name, key)

        mistakes = Mistakes()
        file, factors, conditions = _check(file, scenarios, where, mistakes)
        mistakes.raise_any()
        return cls(Path(name).name.removesuffix(".toml"), file, scenarios, factors, conditions, folder, text, name)

    def designed(self, factors: Collection[str] = (), **design: Any) -> Self:
        """The same study with another design.

        Parameters
        ----------
        factors : collection of str, optional
            Names of the factors that vary; all by default.
        **design : object
            Columns of `[design]`, such as kind or n.

        Returns
        -------
        Study
            A new study under the same name.

        Raises
        ------
        UserInputError
            Where design and factors do not go together.

        Examples
        --------
        >>> import supportnet as sn
        >>> study = sn.Study.load("levers").designed(["services.caseload"], kind="latin", n=8)
        >>> study.factor_names, study.design.n
        (('services.caseload',), 8)
        """
        for name in factors:
            if name not in self.file.factors:
                remedy = nearest(name, self.file.factors, "`.factor_names`")
                raise UserInputError("must be factors of this study", argument="factors", found=name, remedy=remedy)
        chosen = {name: table for name, table in self.file.factors.items() if not factors or name in factors}
        update = {"design": _designed(self.design, design), "factors": chosen}
        return self.of(self.file.model_copy(update=update), self.scenarios, self.text, self.called, self.folder)

    def with_values(self, values: Mapping[str, object]) -> Self:
        """The same study with other values in all its scenarios.

        Parameters
        ----------
        values : mapping
            Values by dotted name, as under `[set]`.

        Returns
        -------
        Study
            A new study under the same name.

        Raises
        ------
        UserInputError
            For a name that is none, or a value that does not fit.

        Examples
        --------
        >>> import supportnet as sn
        >>> study = sn.Study.load("levers").with_values({"population.patients": 50})
        >>> [scenario.population.patients for scenario in study.scenarios]
        [50]
        """
        scenarios = tuple(scenario.with_values(dict(values)) for scenario in self.scenarios)
        file = self.file.model_copy(update={"set": {**self.file.set, **values}})
        return self.of(file, scenarios, self.text, self.called, self.folder)

    def uncertain(self, kind: str | None) -> Self:
        """The same study with or without parameter uncertainty.

        Parameters
        ----------
        kind : {"parameters", "none"} or None
            "parameters": replicates use draws from the posterior. "none": every number as it is set. None: as the
            study says.

        Returns
        -------
        Study
            A new study under the same name.

        Raises
        ------
        UserInputError
            Where there are no draws for a preset of the study.

        Examples
        --------
        >>> import supportnet as sn
        >>> sn.Study.load("levers").uncertain("parameters").posterior is None
        False
        """
        if kind is None:
            return self
        draws_for(kind, self.scenarios)
        return replace(self, file=self.file.model_copy(update={"uncertainty": kind}))

    @property
    def title(self) -> str:
        """A name for people to read."""
        return self.file.title or self.name

    @property
    def design(self) -> DesignTable:
        """At which points the factors are set: kind, n and what else `[design]` says."""
        return self.file.design

    @property
    def weeks(self) -> tuple[int, ...]:
        """Weeks whose outcomes are kept, the last of them the end of each run."""
        return tuple(sorted({*self.file.observe, self.scenarios[0].weeks}))

    @cached_property
    def posterior(self) -> Posterior | None:
        """By whose draws the replicates live, if any. Raises UserInputError where these know nothing of a preset
        here."""
        return draws_for(self.file.uncertainty, self.scenarios)

    @cached_property
    def columns(self) -> dict[str, str]:
        """Names and units of what is kept of each run and week."""
        return units(self.file.measure)

    @property
    def limits(self) -> dict[str, Limits]:
        """Between which values each of them is possible."""
        return limits(self.file.measure)

    @cached_property
    def factor_names(self) -> tuple[str, ...]:
        """Names of what varies: those of the factors, or the columns of a list."""
        if self.design.kind == LIST:
            from supportnet.experiments.study.design import listed

            return tuple(listed(self))
        return tuple(factor.name for factor in self.factors)

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of what the design moves one at a time: groups, and factors that are in none."""
        if self.design.kind == LIST:
            return self.factor_names
        return tuple(dict.fromkeys(factor.group or factor.name for factor in self.factors))


def shipped() -> list[str]:
    """Names of the studies that ship, in alphabetical order."""
    folder = files("supportnet.experiments").joinpath("studies")
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a study file, for editors."""
    schema = StudyFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "supportnet study"}


def _find(name: str | os.PathLike[str]) -> tuple[bytes, str, str]:
    """The bytes of a study file, its name in messages, and its folder."""
    if isinstance(name, str) and name in shipped():
        folder = files("supportnet.experiments").joinpath("studies")
        return folder.joinpath(f"{name}.toml").read_bytes(), name, str(folder)
    if not os.path.isfile(name):
        raise UserInputError(
            f"{os.fspath(name)!r}: no such study",
            found=os.fspath(name),
            expected="a study that ships, or the path of a TOML file",
            remedy=nearest(Path(name).stem, shipped()),
        )
    return content_of(name), str(name), os.path.dirname(name)


def _factor_tables(tables: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """Factors by dotted name, whether the name stands in quotation marks or as tables within tables."""
    found = []
    for key, said in tables.items():
        inner = isinstance(said, dict) and said and all(isinstance(one, dict) for one in said.values())
        found += _factor_tables(said, f"{above}{key}.") if inner else [(f"{above}{key}", said)]
    return found


def _designed(design: DesignTable, columns: Mapping[str, Any]) -> DesignTable:
    """The design with other columns, which are arguments. Raises UserInputError for those that it cannot have."""
    known = DesignTable.model_fields
    right, violations = right_part(DesignTable, {**design.model_dump(), **columns})
    mistakes = Mistakes()
    for key, details in violations:
        if (argument := key[0]) in known:
            must, remedy = f"must be {known[argument].title}", f"change `{argument}`, or leave it out"
        else:
            must, remedy = f"must be one of: {', '.join(known)}", nearest(argument, known)
        name, found = (argument, details["input"]) if argument in known else ("design", argument)
        mistakes.all.append(UserInputError(must, argument=name, found=found, remedy=remedy))
    mistakes.raise_any()
    return DesignTable.model_validate(right)


def _check(
    file: StudyFile, scenarios: tuple[Scenario, ...], where: Where, mistakes: Mistakes, wrong: Collection[Key] = ()
) -> tuple[StudyFile, tuple[Factor, ...], tuple[Condition, ...]]:
    """The file with its factors spelled out, these, and the constraints. Mistakes are collected, but for those that
    follow from others; wrong: keys at which something is wrong already."""
    complete = len(scenarios) == len(file.scenarios) and not touches(("scenarios",), wrong)
    if complete and not touches(("set",), wrong):
        _check_scenarios(scenarios, file, where, mistakes)
    before = len(mistakes.all)
    file = file.model_copy(update={"factors": _spelled_out(file, where, mistakes, wrong)})
    known, factors = tunables(scenarios or (Scenario.load("today"),)), list[Factor]()
    for name, table in file.factors.items():
        is_open = name not in known and not complete and name.startswith("programmes.")  # that of an unknown scenario
        if not is_open and not touches(("factors", name), wrong):
            with mistakes.collected():
                factors.append(_factor(name, table, known, file.design.levels, where))
    all_right = not touches(("factors",), wrong) and len(mistakes.all) == before and len(factors) == len(file.factors)
    if not touches(("design",), wrong):
        _check_design(file, factors, where, mistakes, all_right)
    conditions = list[Condition]()
    for said in file.constraints:
        with mistakes.collected():
            conditions.append(condition(said, {*file.factors, *_named(wrong)}, where("constraints")))
    return file, tuple(factors), tuple(conditions)


def _named(wrong: Collection[Key]) -> list[str]:
    """Factors in which something is wrong: they have names all the same."""
    return [key[1] for key in wrong if key[0] == "factors" and len(key) > 1]


def _spelled_out(
    file: StudyFile, where: Where, mistakes: Mistakes, wrong: Collection[Key] = ()
) -> dict[str, FactorTable]:
    """Factors with a *, or with several names, spelled out: the numbers of the model that move people and have such a
    name, but for those that have a factor of their own or stand in a factor before, and those that [set] sets. What is
    worked out at calibration (WORKED_OUT) is meant only where it is named.
    A triangular or normal distribution has its mode or mean where the number is set, and sd is a share of the range."""
    found: dict[str, FactorTable] = {}
    said = {*file.factors, *(name.removeprefix("parameters.") for name in file.set)}
    known = numbers()
    for name, table in file.factors.items():
        if not {"*", " "} & set(name):
            found[name] = table
            continue
        if touches(("factors", name), wrong):
            continue
        meant = [
            number
            for number in known
            if any(fnmatchcase(number, one) for one in name.split())
            and not number.startswith(IDLE) and number not in said
            and (name.startswith(WORKED_OUT) or not number.startswith(WORKED_OUT))
        ]  # fmt: skip
        shape = STARRED.get(table.distribution)
        odd = shape is None or table.model_fields_set - {"group", "levels", "distribution"} != shape
        if not meant or odd:
            mistakes.all.append(
                UserInputError(
                    "a factor with * has the ranges of the parameter table" if meant else "no number has such a name",
                    where=where("factors", name),
                    found=name,
                    expected='numbers of the model, such as "bond.*", uniform, triangular, or normal with sd',
                    remedy="name factors with ranges of their own one by one; docs/parameters.md lists the numbers",
                )
            )
            continue
        for number in meant:
            found.setdefault(number, _where_set(number, known[number], table))
    return found


def _where_set(number: str, about: Number, table: FactorTable) -> FactorTable:
    """A factor with * for one number: densest where that is set, with sd as a share of its range."""
    at = value(Parameters(), number)
    if table.distribution == "triangular":
        return table.model_copy(update={"mode": at})
    if table.distribution == "normal" and table.sd is not None:
        return table.model_copy(update={"mean": at, "sd": table.sd * (about.high - about.low)})
    return table


def _factor(name: str, table: FactorTable, known: Mapping[str, Tunable], levels: int, where: Where) -> Factor:
    if name not in known:
        raise UserInputError(
            f"{name[:120]} is not a name that a factor can have",
            where=where("factors", name),
            found=name[:120],
            expected="the dotted name of a number, a switch or a word of a scenario, such as services.caseload",
            remedy=nearest(name[:60], known, "docs/parameters.md"),
        )
    return factor_of(name, table, known[name], levels, where("factors", name))


def _scenario(file: StudyFile, name: str, folder: str, where: Where) -> Scenario:
    scenario = Scenario.load(name, folder=folder, asked_in=where("scenarios"))
    if not file.set:
        return scenario
    try:
        return scenario.with_values(file.set)
    except UserInputError as error:
        together = error
    mistakes = Mistakes()
    for key in file.set:  # one by one, to find the line of each
        try:
            scenario.with_values({key: file.set[key]})
        except UserInputError as error:
            mistakes.all.append(error.at(where("set", key)))
    mistakes.raise_any()
    raise together.at(where("set"))


def _check_scenarios(scenarios: tuple[Scenario, ...], file: StudyFile, where: Where, mistakes: Mistakes) -> None:
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) < len(names):
        mistakes.all.append(UserInputError(
            "two scenarios have the same name", where=where("scenarios"), found=names,
            expected="scenarios with names of their own", remedy="rename one",
        ))  # fmt: skip
    weeks = {scenario.weeks for scenario in scenarios}
    if len(weeks) > 1:
        found = ", ".join(f"{scenario.name}: {scenario.weeks} weeks" for scenario in scenarios)
        mistakes.all.append(UserInputError(
            "the scenarios differ in length", where=where("scenarios"), found=found,
            expected="the same number of weeks", remedy="set weeks under [set]",
        ))  # fmt: skip
    mistakes.all += [
        UserInputError(
            "this week is not part of the run", where=where("observe"), found=week,
            expected=f"weeks from 1 to {max(weeks)}", remedy="leave it out",
        )
        for week in file.observe
        if not 1 <= week <= max(weeks)
    ]  # fmt: skip


def _check_design(
    file: StudyFile, factors: Sequence[Factor], where: Where, mistakes: Mistakes, all_right: bool
) -> None:
    """all_right: whether these are all factors, rather than those in which nothing is wrong."""
    design, kind = file.design, file.design.kind
    at = where("design", "kind")
    if kind != LIST and not factors and all_right:
        mistakes.all.append(UserInputError(
            "nothing varies", where=at, found="no factors", expected="at least one factor",
            remedy='add for example [factors."services.caseload"] with low and high',
        ))  # fmt: skip
    if kind == LIST and not design.file:
        mistakes.all.append(
            UserInputError(
                "there is no list",
                where=at,
                found="nothing",
                expected="file, the path of a CSV file",
                remedy="add file",
            )
        )
    if kind in WHOLE and file.constraints:
        others = "latin, sobol_sequence, factorial or list"
        mistakes.all.append(UserInputError(
            f"a {kind} design cannot leave points out", where=where("constraints"), found=list(file.constraints),
            expected="no constraints", remedy=f"narrow the ranges instead, or choose {others}",
        ))  # fmt: skip
    grouped = [factor.group for factor in factors if factor.group]
    if grouped and kind not in GROUPED:
        mistakes.all.append(UserInputError(
            f"a {kind} design moves each factor separately", where=at, found=f"group = {grouped[0]!r}",
            expected="groups with " + " or ".join(GROUPED) + " only", remedy="leave the groups out",
        ))  # fmt: skip
    if kind == "morris" and design.levels % 2:
        mistakes.all.append(UserInputError(
            "Morris trajectories step by half the levels", where=where("design", "levels"), found=design.levels,
            expected="an even number of levels", remedy="set levels = 4",
        ))  # fmt: skip


def known_factors(study: StudyDefinition) -> dict[str, Tunable]:
    """Everything that factors of this study may move."""
    return tunables(study.scenarios)
