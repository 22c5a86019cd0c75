"""A scenario: a named what-if, put together from the files that it is based on and values given by hand."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.cards import card, counted
from supportnet.sim.enums import SOCIAL_RELATIONSHIPS, Role
from supportnet.sim.errors import UserInputError
from supportnet.sim.parameters import Parameters, numbers, value, with_values
from supportnet.sim.scenario.calendar import EVERYBODY, Change, settled_mechanism, timeline
from supportnet.sim.scenario.checks import check_scenario
from supportnet.sim.scenario.files import GIVEN, Source, find_scenario, library, parsed_scenario, shipped_programmes
from supportnet.sim.scenario.json_schema import scenario_schema
from supportnet.sim.scenario.layers import Layer, layer, layer_by_hand, merged
from supportnet.sim.scenario.schema import LABELS, Population, Programme, ScenarioFile, ServiceLevers

__all__ = ["Scenario", "library"]
LONGEST_CHAIN = 50  # of scenarios that are based on one another
LABELLED = ("title", "assumes", "based_on")


@with_checked_arguments
@dataclass(frozen=True, repr=False)
class Scenario:
    """A what-if: who lives in an area, which services and programmes there are, and how that changes over time.

    Scenarios never change; `with_values` makes another one. They are usually loaded, from the library or from a file.

    Parameters
    ----------
    name : str
        The name of its file, without folder and ending.
    layers : tuple of Layer
        What its files say, the root of what it is based on first, and values given by hand last.

    Raises
    ------
    UserInputError
        Where the layers contradict each other, or name what does not exist.

    Examples
    --------
    >>> import supportnet as sn
    >>> today = sn.Scenario.load("today")
    >>> today.title, today.weeks, today.population.patients
    ('Services as they are today (psychosis)', 104, 500)
    >>> today.with_values({"services.caseload": 20}).services.caseload
    20.0
    """

    name: str
    layers: tuple[Layer, ...]  # the root of what it is based on first, values given by hand last

    def __post_init__(self) -> None:
        check_scenario(self)

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.title}; {self.size}>"

    def _repr_html_(self) -> str:
        """A card for notebooks: what it assumes, and what it sets otherwise than its base."""
        return card(self.title, f"{self.name}: {self.size}", dict(_dotted(self.own)), self.assumes)

    @classmethod
    def load(
        cls,
        name_or_path: str | os.PathLike[str],
        overrides: Mapping[str, object] | None = None,
        *,
        folder: str = "",
        asked_in: str = "",
    ) -> "Scenario":
        """A scenario of the library, or from a TOML file.

        Parameters
        ----------
        name_or_path : str or path-like
            A name of the library (`supportnet scenarios` lists it), or the path of a TOML file.
        overrides : mapping of str to object, optional
            Other values for dotted names, as in `with_values`.
        folder : str, optional
            The folder to which the path is relative; the current one by default.
        asked_in : str, optional
            The place that asks for this scenario, for messages.

        Returns
        -------
        Scenario
            The scenario, checked as a whole.

        Raises
        ------
        UserInputError
            Where there is no such scenario, or something in it or in what it is based on is wrong.

        Examples
        --------
        >>> import supportnet as sn
        >>> small = sn.Scenario.load("smaller-caseloads", {"population.patients": 100, "weeks": 26})
        >>> small.name, small.weeks, small.population.patients
        ('smaller-caseloads', 26, 100)
        """
        return cls._from(find_scenario(name_or_path, folder, asked_in), asked_in, overrides)

    @classmethod
    def read(cls, text: str, name: str) -> "Scenario":
        """A scenario from the text of a file.

        Parameters
        ----------
        text : str
            TOML, as a scenario file has it.
        name : str
            The name of the scenario. Paths in the text are relative to the current folder.

        Returns
        -------
        Scenario
            The scenario, checked as a whole.

        Raises
        ------
        UserInputError
            Where something in the text is wrong.

        Examples
        --------
        >>> import supportnet as sn
        >>> mine = sn.Scenario.read('based_on = "today"\\n[services]\\ncaseload = 15', "mine")
        >>> mine.services.caseload
        15.0
        """
        return cls._from(Source(f"{name}.toml", text, os.curdir))

    @classmethod
    def _from(cls, source: Source, asked_in: str = "", overrides: Mapping[str, object] | None = None) -> "Scenario":
        sources, layers = [source], list[Layer]()
        try:
            while True:
                _not_itself(sources)
                layers.append(layer(sources[-1], parsed_scenario(sources[-1])))
                base = layers[-1].content.pop("based_on", "")
                if not base:
                    break
                sources.append(find_scenario(base, sources[-1].folder, asked_in=sources[-1].where(["based_on"])))
        except UserInputError as error:  # what else holds of the scenario depends on what it is based on
            raise UserInputError.together([*(one for each in layers for one in each.wrong.values()), error]) from None
        layers = [*(below.as_base() for below in reversed(layers[1:])), layers[0]]
        if overrides:
            layers.append(layer_by_hand(overrides))
        return cls(Path(sources[0].name).name.removesuffix(".toml"), tuple(layers))

    @classmethod
    def from_canonical(cls, canonical: Mapping[str, Any], name: str, networks: str = "") -> "Scenario":
        """The scenario that plain values from `canonical` describe.

        Parameters
        ----------
        canonical : mapping
            What `canonical` has returned, for example out of the provenance of a result.
        name : str
            The name of the scenario.
        networks : str, optional
            The path of its network file, where it has one.

        Returns
        -------
        Scenario
            A scenario with the same results as the original.

        Examples
        --------
        >>> import supportnet as sn
        >>> today = sn.Scenario.load("today")
        >>> sn.Scenario.from_canonical(today.canonical(), "copy").canonical() == today.canonical()
        True
        """
        content = {section: canonical[section] for section in ("weeks", "services", "mechanisms", "parameters")}
        content["population"] = {key: canonical["population"][key] for key in ("preset", "patients")}
        if networks:
            content["population"]["networks"] = networks
        content["programmes"] = {
            row["name"]: {column: row[column] for column in row if column != "name"} for row in canonical["programmes"]
        }
        content["calendar"] = [entry for change in canonical["calendar"] for entry in _entries(change)]
        source = Source(name)
        return cls(name, (layer(source, {"services": canonical["root_services"]}), layer(source, content)))

    def with_values(self, values: Mapping[str, object]) -> "Scenario":
        """The same scenario with other values.

        Parameters
        ----------
        values : mapping of str to object
            Values by dotted name: levers such as `services.caseload` (people per post, 1 to 1000), or numbers of
            the model such as `parameters.bond.trust_gain`. `supportnet list levers` and `supportnet list parameters`
            give all names with unit and range.

        Returns
        -------
        Scenario
            A new scenario under the same name.

        Raises
        ------
        UserInputError
            Where there is no such name, or a value is out of range.

        Examples
        --------
        >>> import supportnet as sn
        >>> today = sn.Scenario.load("today")
        >>> whatif = today.with_values({"services.caseload": 15, "programmes.befriending.coverage": 0.2})
        >>> whatif.services.caseload, list(whatif.programmes)
        (15.0, ['befriending'])
        """
        return Scenario(self.name, (*self.layers, layer_by_hand(values)))

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """JSON Schema (draft 2020-12) of a scenario file, for editors that complete and check.

        Returns
        -------
        dict
            The schema: each key with its unit, range and default.

        Examples
        --------
        >>> import supportnet as sn
        >>> sorted(sn.Scenario.json_schema()["properties"])[:4]
        ['assumes', 'based_on', 'calendar', 'costs']
        """
        return scenario_schema()

    @cached_property
    def content(self) -> dict[str, Any]:
        """All that the layers say, merged, on top of the ten programmes that ship."""
        content: dict[str, Any] = {"programmes": shipped_programmes()}
        for each in self.layers:
            content = merged(content, each.content)
        return content

    @property
    def size(self) -> str:
        """How many people, for how many weeks, in words."""
        people = counted(self.population.patients, "person", "people")
        return f"{people}, {counted(self.weeks, 'week')}"

    @property
    def own(self) -> dict[str, Any]:
        """What its own file says, and values given by hand, in sections: all that it sets otherwise than its base."""
        last = max(i for i, each in enumerate(self.layers) if i == 0 or each.source != GIVEN)
        content: dict[str, Any] = {}
        for each in self.layers[last:]:
            content = merged(content, each.content)
        return {key: each for key, each in content.items() if key not in LABELLED}

    @cached_property
    def _whole(self) -> ScenarioFile:
        return ScenarioFile.model_validate({key: each for key, each in self.content.items() if key != "calendar"})

    @property
    def title(self) -> str:
        """Title in plain words."""
        return self._whole.title or self.name

    @property
    def assumes(self) -> str:
        """What must be true for this to happen, and what is left out."""
        return self._whole.assumes

    @property
    def bases(self) -> dict[str, str]:
        """What the scenario is based on, the root first, and what each of these assumes."""
        return {each.source.name: each.labels.get("assumes", "") for each in self.layers[:-1] if each.source != GIVEN}

    @property
    def weeks(self) -> int:
        """How long a run lasts."""
        return self._whole.weeks

    @cached_property
    def planned_weeks(self) -> int:
        """How long a run lasts where nobody cuts it short by hand: everything in the files must happen by then."""
        files = [each.content["weeks"] for each in self.layers if each.source != GIVEN and "weeks" in each.content]
        return max(self.weeks, files[-1] if files else ScenarioFile.model_validate({}).weeks)

    @cached_property
    def population(self) -> Population:
        """Who lives in the area: preset, patients; without a number for networks, as many as were interviewed."""
        population = self._whole.population
        naming = [i for i, each in enumerate(self.layers) if each.says(("population", "networks"))]
        if not self.networks or any(each.says(("population", "patients")) for each in self.layers[naming[-1] :]):
            return population
        from supportnet.sim.network_file.cache import cached_networks

        return population.model_copy(update={"patients": len(cached_networks(self.networks).patients)})

    @cached_property
    def networks(self) -> Path | None:
        """The network file that people and ties are read from; None where they are drawn."""
        for each in reversed(self.layers):
            if each.says(("population", "networks")):
                networks = each.content["population"]["networks"]
                return Path(each.source.folder, networks) if networks else None
        return None

    @property
    def services(self) -> ServiceLevers:
        """Levers of the service at the start."""
        return self._whole.services

    @cached_property
    def root_services(self) -> ServiceLevers:
        """Levers of the scenario at the end of the `based_on` chain, under which the pool of people has lived."""
        return ServiceLevers.model_validate(self.layers[0].content.get("services", {}))

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        """Programmes on offer at any time, as at the start: the ten in their order, then new ones as written."""
        later = [name for change in self.calendar for name, row in change.programmes.items() if row.get("coverage")]
        known = self.every_programme.items()
        return {name: row for name, row in known if row.start_week < self.weeks and (row.coverage or name in later)}

    @property
    def every_programme(self) -> dict[str, Programme]:
        """Programmes that are known, on offer or not."""
        return self._whole.programmes

    @cached_property
    def mechanisms(self) -> dict[str, Any]:
        """Mechanisms that are held at the start: a table {"held": …} by name; 0 is switched off."""
        settings = {name: settled_mechanism(setting) for name, setting in self.content.get("mechanisms", {}).items()}
        return {name: setting for name, setting in settings.items() if setting is not True}

    @cached_property
    def calendar(self) -> tuple[Change, ...]:
        """What changes, one entry a week in which something does; a run cut short by hand does not get to the rest."""
        return tuple(change for change in self._planned if change.week < self.weeks)

    @cached_property
    def _planned(self) -> tuple[Change, ...]:
        return timeline(self.content.get("calendar", []), self.planned_weeks)

    @property
    def cut_off(self) -> list[str]:
        """What never happens because the run is cut short by hand, in words."""
        late = [f"a change in week {change.week}" for change in self._planned if change.week >= self.weeks]
        rows = self.every_programme.items()
        started = [(name, row.start_week) for name, row in rows if row.coverage and row.start_week >= self.weeks]
        return late + [f"{name} from week {week}" for name, week in started]

    @cached_property
    def parameters(self) -> dict[str, float]:
        """Numbers of the model that differ from the reference set, by dotted name."""
        reference, given = Parameters(), self.content.get("parameters", {})
        return {name: given[name] for name in sorted(given) if given[name] != value(reference, name)}

    @cached_property
    def all_parameters(self) -> Parameters:
        """Every number of the model."""
        changed: Parameters = with_values(Parameters(), self.parameters)
        return changed

    @property
    def every_number(self) -> dict[str, float]:
        """Every number of the model, by dotted name."""
        return {name: value(self.all_parameters, name) for name in numbers()}

    @property
    def needs_baseline_means(self) -> bool:
        """Whether a mechanism is ever held at its mean in the baseline."""
        settings = [*self.mechanisms.values(), *(s for change in self.calendar for s in change.mechanisms.values())]
        return {"held": "baseline"} in settings

    def canonical(self) -> dict[str, Any]:
        """Everything that affects results, as plain values.

        Two scenarios with equal values give equal results for the same seed. Left out are name, title, assumes, and
        programmes that are never on offer; a network file counts by its content.

        Returns
        -------
        dict
            Plain values, which JSON can hold.

        Examples
        --------
        >>> import supportnet as sn
        >>> today = sn.Scenario.load("today")
        >>> list(today.canonical())[:4]
        ['weeks', 'population', 'root_services', 'services']
        >>> today.with_values({"title": "A copy"}).canonical() == today.canonical()
        True
        """
        population: dict[str, Any] = {"preset": self.population.preset, "patients": self.population.patients}
        if self.networks:
            from supportnet.sim.network_file.cache import digest_of
            from supportnet.sim.network_file.format import alter_ties_beside

            population["networks_sha256"] = digest_of(self.networks)
            if alter_ties := digest_of(alter_ties_beside(self.networks)):
                population["alter_ties_sha256"] = alter_ties
        return {
            "weeks": self.weeks,
            "population": population,
            "root_services": self.root_services.model_dump(),
            "services": self.services.model_dump(),
            "programmes": [{"name": name, **row_of(programme)} for name, programme in self.programmes.items()],
            "mechanisms": self.mechanisms,
            "parameters": self.parameters,
            "calendar": [plain for change in self.calendar if len(plain := _plain(change, self.programmes)) > 1],
        }


def _not_itself(sources: list[Source]) -> None:
    chain = [source.identity for source in sources]
    if len(set(chain)) < len(chain) or len(chain) > LONGEST_CHAIN:
        raise UserInputError(
            "the scenario is based on itself",
            where=sources[-2].where(["based_on"]),
            found=" → ".join(source.name for source in sources[-12:]),
            expected="a chain of scenarios that ends",
            remedy='base one of them on a scenario of the library, such as "today"',
        )


def _dotted(tree: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, Any]]:
    """Values by dotted name."""
    for key, each in tree.items():
        if isinstance(each, Mapping):
            yield from _dotted(each, f"{section}{key}.")
        else:
            yield f"{section}{key}", counted(len(each), "change") if key == "calendar" else each


def row_of(programme: Programme) -> dict[str, Any]:
    """The columns of a programme that move something, each in one form."""
    row = {column: each for column, each in programme.model_dump().items() if column not in LABELS}
    return row | {
        "uses": {role: programme.uses.get(role, 0) for role in Role.words()},
        "makes": sorted(set(programme.makes)),
        "resources": sorted(set(programme.resources) - {SOCIAL_RELATIONSHIPS}),
    }


def _plain(change: Change, offered: Mapping[str, Programme]) -> dict[str, Any]:
    """A change as plain values, without programmes that are never on offer: the week and the sections that change."""
    programmes = {name: columns for name, columns in change.programmes.items() if name in offered}
    sections = {"services": change.services, "programmes": programmes, "mechanisms": change.mechanisms}
    return {"week": change.week, **{section: settings for section, settings in sections.items() if settings}}


def _entries(change: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The calendar's entries that say such a change."""
    everybody = {section: change[section] for section in ("programmes", "mechanisms") if section in change}
    entries = [{"week": change["week"], "set": everybody}] if everybody else []
    for group, levers in change.get("services", {}).items():
        target = {} if group == EVERYBODY else {"target": group}
        entries.append({"week": change["week"], "set": {"services": levers}, **target})
    return entries
