"""A study: scenarios x design points x replicates, read from a file and checked as a whole."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import draws_for
from supportnet.experiments.randomised.evidence import Evidence, read_evidence
from supportnet.experiments.study.checks import LIST, Where, check_parts
from supportnet.experiments.study.constraints import Constraint
from supportnet.experiments.study.factors import Factor
from supportnet.experiments.study.observables import limits, units
from supportnet.experiments.study.schema import DesignTable, StudyFile
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.errors import Mistakes, UserInputError, nearest
from supportnet.sim.outcomes import Limits
from supportnet.sim.scenario.files import no_such_file
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.storage.toml_files import content_of, decoded, parsed
from supportnet.sim.storage.toml_kinds import refuse_other_kind
from supportnet.sim.storage.toml_schema import place, right_part, sifted


@with_checked_arguments
@dataclass(frozen=True)
class StudyDefinition:
    """A study: scenarios, factors that vary, and a design that says at which points they are simulated.

    `supportnet.Study` is the same for users, with what can be done with it.
    """

    name: str
    file: StudyFile
    scenarios: tuple[Scenario, ...]
    factors: tuple[Factor, ...]
    conditions: tuple[Constraint, ...]
    folder: str  # to which its paths are relative
    text: str
    called: str  # as messages name it

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str]) -> Self:
        """A shipped study, or one from a TOML file.

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
        refuse_other_kind("a study", written, name)
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
        check_parts(file, tuple(scenarios), lambda *key: place(text, name, key), mistakes, wrong)
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
        file, factors, conditions = check_parts(file, scenarios, where, mistakes)
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
            "parameters": replicates use posterior draws. "none": parameters are fixed. None: as in the study.

        Returns
        -------
        Study
            A new study under the same name.

        Raises
        ------
        UserInputError
            If there are no draws for a preset of the study.

        Examples
        --------
        >>> import supportnet as sn
        >>> sn.Study.load("levers").uncertain("none").posterior is None
        True
        """
        if kind is None:
            return self
        draws_for(kind, self.scenarios)
        return replace(self, file=self.file.model_copy(update={"uncertainty": kind}))

    @property
    def title(self) -> str:
        """Title in plain words."""
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
        """The posterior that the replicates use, if any. Raises UserInputError if it does not cover a preset."""
        return draws_for(self.file.uncertainty, self.scenarios)

    @cached_property
    def evidence(self) -> Evidence | None:
        """Published trials whose effects are measured, if they are not the shipped ones."""
        return read_evidence(os.path.join(self.folder, self.file.evidence)) if self.file.evidence else None

    @cached_property
    def columns(self) -> dict[str, str]:
        """Names and units of what is kept of each run and week."""
        return units(self.file.measure, self.evidence)

    @property
    def limits(self) -> dict[str, Limits]:
        """Between which values each of them is possible."""
        return limits(self.file.measure, self.evidence)

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


def shipped_studies() -> list[str]:
    """Names of the shipped studies, in alphabetical order."""
    folder = files("supportnet.experiments").joinpath("studies")
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


def study_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a study file, for editors."""
    schema = StudyFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "supportnet study"}


def _find(name: str | os.PathLike[str]) -> tuple[bytes, str, str]:
    """The bytes of a study file, its name in messages, and its folder."""
    if isinstance(name, str) and name in shipped_studies():
        folder = files("supportnet.experiments").joinpath("studies")
        return folder.joinpath(f"{name}.toml").read_bytes(), name, str(folder)
    if not os.path.isfile(name):
        expected = "a shipped study, or the path of a TOML file"
        raise UserInputError(expected=expected, **no_such_file("study", name, "", shipped_studies(), ""))
    return content_of(name), str(name), os.path.dirname(name)


def _factor_tables(tables: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """Factors by dotted name, whether the name is written in quotation marks or as nested tables."""
    found = []
    for key, table in tables.items():
        inner = isinstance(table, dict) and table and all(isinstance(one, dict) for one in table.values())
        found += _factor_tables(table, f"{above}{key}.") if inner else [(f"{above}{key}", table)]
    return found


def _designed(design: DesignTable, columns: Mapping[str, Any]) -> DesignTable:
    """The design with other columns, which are arguments. Raises UserInputError for those that it cannot have."""
    known = DesignTable.model_fields
    before = design.model_dump()
    if columns.get("kind", design.kind) == "morris" != design.kind and design.levels % 2:
        del before["levels"]  # of the design that is replaced: Morris can't use them
    right, violations = right_part(DesignTable, {**before, **columns})
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
