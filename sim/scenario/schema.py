"""The shape of a scenario file: every section and key with its unit, range and default.

In each field `title` is what a message says was expected and `description` what the key is; the JSON Schema has both.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from supportnet.sim.enums import SOCIAL_RELATIONSHIPS, Expert, Mechanism, Reciprocity, Resource, Role, Target

LONGEST = 5200  # weeks: a hundred years
SHARE_PSYCHOSIS = {"psychosis": 1.0, "affective": 0.0, "mixed": 0.5}
FACILITATOR = "facilitator"  # a professional who comes with a programme and is not part of the network
NEEDED = ("uses", "delivered_by", "reciprocity", "expert", "resources", "sessions_per_week", "weeks")
LABELS = ("title", "format", "dose_source")  # columns of a programme that move nothing
FIXED = ("uses", "makes", "delivered_by", "start_week", *LABELS)  # columns that hold for a whole run
OVER_TIME = ("services", "programmes", "mechanisms")  # sections that the calendar may change
SWITCH = 'true, false, { held = 0 to 1 (share) }, { held = "baseline" } or { held = { professional = 0 to 1, … } }'


class OneOf:
    """Marks a text that must be one of some words."""

    def __init__(self, words: Iterable[str]):
        self.words = list(words)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.words)


PresetWord = Annotated[str, OneOf(SHARE_PSYCHOSIS)]
RoleWord = Annotated[str, OneOf(Role.words())]
DelivererWord = Annotated[str, OneOf((*Role.words(), FACILITATOR))]
ResourceWord = Annotated[str, OneOf((*Resource.words(), SOCIAL_RELATIONSHIPS))]
ReciprocityWord = Annotated[str, OneOf(Reciprocity.words())]
ExpertWord = Annotated[str, OneOf(Expert.words())]
TargetWord = Annotated[str, OneOf(Target.words())]
MechanismWord = Annotated[str, OneOf(Mechanism.words())]
ProgrammeName = Annotated[str, Field(pattern=r"^[\w-]{1,60}$")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
TiesInSession = Annotated[int, Field(ge=0, le=10)]


def number_field(default: float, unit: str, low: float, high: float, says: str) -> Any:
    """A number with its unit and range."""
    title = f"a number from {low:,} to {high:,} ({unit})"
    return Field(default, ge=low, le=high, allow_inf_nan=False, title=title, description=says)


def whole_number_field(default: int, unit: str, low: int, high: int, says: str) -> Any:
    """A whole number with its unit and range."""
    return Field(default, ge=low, le=high, title=f"a whole number from {low:,} to {high:,} ({unit})", description=says)


def word(default: str | None, says: str) -> Any:
    """A text that must be one of the words of its type."""
    return Field(default, title="one of the words listed", description=says)


def text_field(says: str) -> Any:
    return Field("", title="text", description=says)


def switch(says: str) -> Any:
    return Field(False, title="true or false", description=says)


class TomlTable(BaseModel):
    """A table of a scenario file: unknown keys are mistakes, and a text is never taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    @field_validator("*", mode="before")
    @classmethod
    def whole(cls, given: Any, info: ValidationInfo) -> Any:
        """Where a whole number belongs, 60.0 is one."""
        takes_whole = cls.model_fields[str(info.field_name)].annotation is int
        return int(given) if takes_whole and isinstance(given, float) and given.is_integer() else given


class Population(TomlTable):
    """Who lives in the area."""

    preset: PresetWord = word("psychosis", "Which illnesses people live with.")
    patients: int = whole_number_field(500, "people", 1, 1_000_000, "People in recovery in the area.")
    networks: str = text_field("Networks read from data: path of a file by `supportnet import`, relative to this file.")

    @property
    def share_psychosis(self) -> float:
        """Share of people who live with psychosis, 0-1; the others live with an affective illness."""
        return SHARE_PSYCHOSIS[self.preset]


class ServiceLevers(TomlTable):
    """Levers of the mental health service."""

    caseload: float = number_field(25.0, "people per post", 1, 1000, "How many people share a professional.")
    turnover: float = number_field(
        0.34, "leavers per post and year", 0, 520, "How often staff leave at middling strain."
    )
    continuity: float = number_field(
        0.2, "share", 0, 1, "Trust and strength handed over to a professional's successor."
    )
    contacts_per_week: float = number_field(
        0.45, "contacts a week", 0, 7, "Planned contacts with one's own professional."
    )
    boundary_openness: float = number_field(
        0.3, "0 distant, 1 open", 0, 1, "How far professionals share of themselves."
    )
    shared_decisions: float = number_field(0.3, "share", 0, 1, "How far decisions are left with the person.")
    crisis_contact: float = number_field(
        2.0, "times the planned ones", 0, 10, "Contacts with one's professional in crisis."
    )
    coverage: float = number_field(1.0, "share of people", 0, 1, "People with access to the service.")


class Programme(TomlTable):
    """A resource-oriented programme: who takes part, what it draws on, how much of it, and for whom."""

    title: str = text_field("Its name in full.")
    resources: list[ResourceWord] = Field(
        [],
        title="a list of resources: " + ", ".join(Resource.words()),
        description="Personal resources that a session mobilises; social relationships go without saying.",
    )
    uses: dict[RoleWord, TiesInSession] = Field(
        {},
        title="a table of roles, each a whole number from 0 to 10 (ties in a session)",
        description="How many of the person's ties of each role take part in a session.",
    )
    makes: list[RoleWord] = Field(
        [],
        title="a list of roles: " + ", ".join(Role.words()),
        description="Which of the ties it uses the programme brings along; the others are the person's own.",
    )
    delivered_by: DelivererWord = word(FACILITATOR, "Who delivers it; a facilitator is not part of the network.")
    reciprocity: ReciprocityWord = word("one_way", "How far help flows both ways between deliverer and person.")
    expert: ExpertWord = word("not_stated", "Who is seen as the expert.")
    facilitated: bool = switch("Whether somebody trained leads the sessions.")
    non_verbal: bool = switch("Whether sessions reach people who find talking hard.")
    keeps_staff: bool = switch("Whether the same professionals stay throughout.")
    group: bool = switch("Whether people in it are each other's peers and share its professionals.")
    without_person: bool = switch("Whether the person's supporters meet without them.")
    network_share: float = number_field(
        1.0, "share of weeks", 0, 1, "In how many weeks the person's own ties take part in sessions."
    )
    format: str = text_field("One to one, group, network meeting, community.")
    sessions_per_week: float = number_field(1.0, "sessions a week", 0, 7, "Dose.")
    weeks: float = number_field(26.0, "weeks", 1, 520, "How long a person stays in it.")
    capacity: float = number_field(100.0, "places per 100 people", 0, 100, "How many can be in it at a time.")
    uptake: float = number_field(0.5, "share of those offered it", 0, 1, "People who want it.")
    cost_per_session: float = number_field(0.0, "money per person and session", 0, 1_000_000, "Price of a session.")
    coverage: float = number_field(0.0, "share of people", 0, 1, "To how many it is offered; at 0 it is not on offer.")
    target: TargetWord = word("all", "The group to which it is offered, judged week by week.")
    start_week: int = whole_number_field(0, "week", 0, LONGEST - 1, "From when on it admits people.")
    dose_source: str = text_field("Where sessions and weeks come from.")


class HeldMechanism(TomlTable):
    """A mechanism held at a value, for all roles or for those named."""

    held: Share | Annotated[str, OneOf(("baseline",))] | dict[RoleWord, Share]


class CalendarEntry(TomlTable):
    """A change over time.

    A target with services gives the people of that group, judged in that week, a team of their own with these levers;
    somebody in several groups of one week joins the last of them in the order listed. A target with programmes is the
    group to which they are offered from then on.
    """

    week: int = Field(ge=0, lt=LONGEST, title=f"a whole number from 0 to {LONGEST - 1:,} (week)", description="When.")
    set: dict[str, Any] = Field(
        min_length=1,
        title="a table of dotted names and values",
        description="What changes: services.*, programmes.* or mechanisms.*, by dotted name.",
    )
    target: Annotated[str | None, OneOf(Target.words())] = word(None, "For whom; left out: for everybody.")


class ScenarioFile(TomlTable):
    """A named what-if: services, programmes, mechanisms, numbers, and how they change over time."""

    based_on: str = text_field(
        "The scenario that this one changes: a name, or the path of a file relative to this one."
    )
    title: str = text_field("Title in plain words.")
    assumes: str = text_field("One paragraph: what must be true for this to happen, and what is left out.")
    weeks: int = whole_number_field(104, "weeks", 1, LONGEST, "How long a run lasts.")
    population: Population = Field(Population(), title="a table", description="Who lives in the area.")
    services: ServiceLevers = Field(
        ServiceLevers(), title="a table", description="Levers of the mental health service."
    )
    programmes: dict[ProgrammeName, Programme] = Field(
        {},
        title="a table of programmes",
        description=f"A known name changes that programme; a new name adds one and needs {', '.join(NEEDED)}.",
    )
    mechanisms: dict[MechanismWord, bool | HeldMechanism] = Field(
        {}, title=SWITCH, description="Mechanisms of the helping relationship: switched off, or held at a value."
    )
    parameters: dict[str, Any] = Field(
        {}, title="a table of dotted names and numbers", description="Numbers of the model by dotted name."
    )
    costs: dict[str, Any] = Field(
        {}, title="a table of names and numbers", description="Unit costs: short for parameters.costs.*"
    )
    calendar: list[CalendarEntry] = Field([], title="a list of tables [[calendar]]", description="Changes over time.")


SECTIONS: dict[str, type[TomlTable]] = {
    "": ScenarioFile,
    "population": Population,
    "services": ServiceLevers,
    "programmes.*": Programme,
    "calendar.*": CalendarEntry,
}


def table_at(key: Sequence[str]) -> type[TomlTable] | None:
    """The table that a key such as ("programmes", "befriending") stands for; None where it has no keys of its own."""
    named = len(key) > 1 and key[0] in ("programmes", "calendar")
    return SECTIONS.get(".".join((key[0], "*", *key[2:]) if named else key))


def field_of(key: Sequence[str]) -> FieldInfo:
    """What is known about a key, or about the nearest one around it."""
    for length in range(len(key), 0, -1):
        table = table_at(key[: length - 1])
        if table and key[length - 1] in table.model_fields:
            return table.model_fields[key[length - 1]]
    return FieldInfo(title="a table")
