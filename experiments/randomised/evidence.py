"""The evidence file: what randomised trials found, and how each of them was held."""

import hashlib
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import Field

from supportnet.experiments.randomised.design import CONTROLS, CUT, ENTRIES, SCENARIOS, Design, designed
from supportnet.experiments.randomised.trial import EVENTS, PROCESSES, SCALES
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.provenance import canonical_json
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.scenario.schema import OneOf, TomlTable, number_field, text_field
from supportnet.sim.storage.toml_files import content_of, decoded, parsed
from supportnet.sim.storage.toml_kinds import refuse_other_kind
from supportnet.sim.storage.toml_schema import checked, place

SHIPPED = "randomised_trials.toml"
RATIO = "risk ratio"
EFFECT_SCALES = {"SMD": "difference of means in standard deviations, treated less control", RATIO: "of those treated"}
INTERVALS = {
    "published": "as published",
    "people": "worked out from the number of people, where a study published no difference without numbers",
    "assumed": "assumed",
}
CLASSES = {
    **dict.fromkeys(("recovery", *PROCESSES), "recovery"),
    **dict.fromkeys(("distress", "gad7", "withdrawal"), "symptoms"),
    **dict.fromkeys(("relapses", "admissions"), "relapse"),
    **dict.fromkeys(("network_size", "contacts_friend", "alliance", "carer_strain", "engagement"), "network"),
}
WIDE = 2 * 1.96  # standard errors from one end of a 95 % interval to the other
MOST = 1e3
RESULTS = {"title", "source", "effects"}  # of a study: not how it was held


def effect_field(says: str) -> Any:
    return Field(ge=-MOST, le=MOST, allow_inf_nan=False, title=f"a number from {-MOST:g} to {MOST:g}", description=says)


class EffectEntry(TomlTable):
    """An effect as published."""

    outcome: Annotated[str, OneOf((*SCALES, *EVENTS))] = Field(
        title="one of: " + ", ".join((*SCALES, *EVENTS)), description="What was compared."
    )
    week: int = Field(ge=1, le=520, title="a whole number from 1 to 520 (weeks)", description="Weeks after entry.")
    scale: Annotated[str, OneOf(EFFECT_SCALES)] = Field(
        title="one of: " + ", ".join(EFFECT_SCALES), description="How the effect is expressed."
    )
    estimate: float = effect_field("Effect, treated against control.")
    lower: float = effect_field("Lower end of its 95 % interval.")
    upper: float = effect_field("Upper end of its 95 % interval.")
    interval: Annotated[str, OneOf(INTERVALS)] = Field(
        "published", title="one of: " + ", ".join(INTERVALS), description="Where the interval comes from."
    )
    people: int | None = Field(
        None, ge=4, le=10**7, title="a whole number from 4 (people)", description="People analysed."
    )
    source: str = text_field("Source, where it is not that of the study.")
    note: str = text_field("Anything to know about the number.")


class StudyEntry(TomlTable):
    """A comparison of a programme with a control, and what came of it."""

    title: str = text_field("Title.")
    programme: str = Field(title="the name of a programme", description="What was tried.")
    control: str = Field(
        title="one of: " + ", ".join(CONTROLS) + ", or the name of a programme", description="Compared with what."
    )
    preset: Annotated[str, OneOf(SCENARIOS)] = Field(
        title="one of: " + ", ".join(SCENARIOS), description="The population that those studied are most like."
    )
    entry: Annotated[str, OneOf(ENTRIES)] = Field(
        "anybody", title="one of: " + ", ".join(ENTRIES), description="Who could take part."
    )
    cut: int = Field(CUT, ge=0, le=27, title="a PHQ-9 score", description="Entry by distress begins here.")
    take_up: float = number_field(1.0, "share", 0.01, 1, "Share of those allotted to it who ever began the programme.")
    sessions_per_week: float | None = Field(
        None, gt=0, le=14, title="a number up to 14 (sessions)", description="Received. Left out: the programme's."
    )
    weeks: int | None = Field(
        None, ge=1, le=520, title="a whole number of weeks", description="Of treatment. Left out: the programme's."
    )
    source: str = Field(min_length=1, title="a text", description="Citation.")
    effects: list[EffectEntry] = Field(min_length=1, title="a list of effects", description="What came of it.")


class EvidenceFile(TomlTable):
    """Comparisons, by name."""

    studies: dict[str, StudyEntry] = Field(min_length=1, title="a table of studies", description="By name.")


class TrialEffect:
    """One effect, with the comparison that it is of."""

    def __init__(self, study: str, about: StudyEntry, entry: EffectEntry) -> None:
        self.study, self.about, self.entry = study, about, entry

    @property
    def name(self) -> str:
        """As tables have it."""
        return f"{self.study}.{self.entry.outcome}.{self.entry.week}"

    @property
    def outcome_class(self) -> str:
        """Recovery, symptoms, relapse or network."""
        return CLASSES[self.entry.outcome]

    @property
    def unit(self) -> str:
        """Of the effect as it is fitted."""
        return f"logarithm of a {RATIO}" if self.is_ratio else self.entry.scale

    @property
    def is_ratio(self) -> bool:
        return self.entry.scale == RATIO

    @property
    def estimate(self) -> float:
        """As effects are fitted: the logarithm of a ratio."""
        return math.log(self.entry.estimate) if self.is_ratio else self.entry.estimate

    @property
    def error(self) -> float:
        """Standard error of the estimate, on the same scale."""
        low, high = self.entry.lower, self.entry.upper
        return (math.log(high) - math.log(low) if self.is_ratio else high - low) / WIDE

    @property
    def source(self) -> str:
        return self.entry.source or self.about.source


class Evidence:
    """All comparisons of an evidence file."""

    def __init__(self, studies: dict[str, StudyEntry], path: str = "") -> None:
        self.studies, self.path = studies, path

    def of_presets(self, presets: Sequence[str]) -> "Evidence":
        """Comparisons among people like those of these presets."""
        return Evidence({name: one for name, one in self.studies.items() if one.preset in presets}, self.path)

    @property
    def effects(self) -> list[TrialEffect]:
        """All effects, in the order of the file."""
        return [TrialEffect(name, study, one) for name, study in self.studies.items() for one in study.effects]

    @property
    def identity(self) -> str:
        """SHA-256 of how the comparisons are held, whatever came of them."""
        comparisons = [
            (name, about.model_dump(exclude=RESULTS), [(one.outcome, one.week) for one in about.effects])
            for name, about in self.studies.items()
        ]
        return hashlib.sha256(canonical_json(comparisons).encode()).hexdigest()

    @property
    def digest(self) -> str:
        """SHA-256 of everything in it, 16 characters."""
        whole = {name: about.model_dump() for name, about in self.studies.items()}
        return hashlib.sha256(canonical_json(whole).encode()).hexdigest()[:16]

    @property
    def programmes(self) -> list[str]:
        """Programmes that were tried."""
        return list(dict.fromkeys(study.programme for study in self.studies.values()))


def comparison_design(
    study: StudyEntry, programme: str, people: int, places: int, numbers: Mapping[str, object]
) -> Design:
    """A comparison's design with this programme in its place, in an area of so many people with these numbers."""
    dose = {key: value for key in ("sessions_per_week", "weeks") if (value := getattr(study, key)) is not None}
    values = {f"programmes.{programme}.{key}": value for key, value in dose.items() if programme == study.programme}
    control = study.control if study.control in CONTROLS else "usual_care"
    known = designed(programme).scenario
    area = known if known.population.preset == study.preset else designed(programme, SCENARIOS[study.preset]).scenario
    area = area.with_values({"population.patients": people, **numbers, **values})
    return Design(programme, area, study.entry, control, places, study.cut, study.take_up)


def sessions_received(study: StudyEntry) -> float:
    """Sessions of a person who was allotted to the programme, on average."""
    row = designed(study.programme).scenario.every_programme[study.programme]
    return study.take_up * (study.sessions_per_week or row.sessions_per_week) * (study.weeks or row.weeks)


def is_by_professional(study: StudyEntry) -> bool:
    """Whether a professional, or a facilitator, delivers what was tried."""
    row = designed(study.programme).scenario.every_programme[study.programme]
    return row.delivered_by in ("professional", "facilitator")


def read_evidence(path: str | os.PathLike[str] | None = None) -> Evidence:
    """The evidence in this file, or the shipped one. Raises UserInputError for everything that is wrong with it."""
    name = str(path or f"the shipped {SHIPPED}")
    content = content_of(path) if path else files("supportnet.experiments").joinpath("evidence", SHIPPED).read_bytes()
    text = decoded(content, name)
    written = parsed(text, name, "[studies.mine]")
    refuse_other_kind("an evidence file", written, name)
    file = checked(EvidenceFile, written, text, name, "see docs/left-out.md")
    if wrong := list(_mistakes(file, text, name)):
        raise UserInputError.together(wrong)
    return Evidence(file.studies, os.path.abspath(path) if path else "")


@cache
def shipped_evidence() -> Evidence:
    """The shipped evidence."""
    return read_evidence()


def _mistakes(file: EvidenceFile, text: str, name: str) -> Iterator[UserInputError]:
    seen = dict[tuple[str, str, int, str, str], str]()
    for study, about in file.studies.items():
        for key in ("programme", "control"):
            word = getattr(about, key)
            if not (key == "control" and word in CONTROLS) and (mistake := _unknown_programme(word)):
                yield mistake.at(place(text, name, ("studies", study, key)))
        for k, entry in enumerate(about.effects):
            where = place(text, name, ("studies", study, "effects", str(k)))
            yield from (mistake.at(where) for mistake in _of_effect(entry))
            source = entry.source or about.source
            first = seen.setdefault((about.programme, entry.outcome, entry.week, about.preset, source), where)
            if first is not where:
                yield UserInputError(
                    "the same result is there twice", where=where, found=f"{source}, as in {first}",
                    expected="each study once, however many reviews include it", remedy="leave one of them out",
                )  # fmt: skip


def _unknown_programme(word: str) -> UserInputError | None:
    try:
        designed(word)
    except UserInputError:
        known = [*CONTROLS, *Scenario.load("today").every_programme]
        return UserInputError(
            "no such programme", found=word, expected="a programme of the library", remedy=nearest(word, known)
        )
    return None


def _of_effect(entry: EffectEntry) -> Iterator[UserInputError]:
    found = f"{entry.estimate:g} ({entry.lower:g} to {entry.upper:g})"
    if not entry.lower < entry.upper or not entry.lower <= entry.estimate <= entry.upper:
        yield UserInputError(
            "the interval is reversed or leaves the estimate out", found=found,
            expected="lower below upper, and the estimate between them", remedy="correct lower, upper or estimate",
        )  # fmt: skip
    if (entry.scale == RATIO) != (entry.outcome in EVENTS):
        yield UserInputError(
            "this outcome has another scale", found=f"{entry.outcome} as {entry.scale}",
            expected=f"{RATIO} for {', '.join(EVENTS)}; SMD for the others", remedy="change scale or outcome",
        )  # fmt: skip
    if entry.scale == RATIO and entry.lower <= 0.0:
        yield UserInputError(
            "a risk ratio is above 0", found=found, expected="numbers above 0", remedy="give the ratio, no logarithm"
        )  # fmt: skip
