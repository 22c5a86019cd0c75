"""Ties as views: numbers that read the arrays of the compiled core and write to them, none of them kept twice."""

import math
from collections.abc import Iterable
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol, Self, overload

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.population import tie_rows
from supportnet.sim.enums import Mechanism
from supportnet.sim.errors import UserInputError
from supportnet.sim.measurement.network import TieName, names_of_ties, origin_word

if TYPE_CHECKING:
    from supportnet.sim.mesa.agents import Patient, Supporter
    from supportnet.sim.mesa.model import SupportNetwork

Records = NDArray[Any]


class GoneError(LookupError):
    """A tie has ended or somebody has left: there is nothing to read any more."""


class RecordView(Protocol):
    """Whatever stands in a row of an array of records."""

    def stands_in(self, side: str) -> tuple[Records, int]:
        """The array and the row; raises GoneError where there is none any more."""


def check_number(view: object, name: str, value: float, low: float = 0.0, high: float = 1.0) -> None:
    """Raises ValueError for what is not a number from `low` to `high`."""
    if not isinstance(value, Real) or not low <= value <= high:
        raise ValueError(f"{name} of {view!r} cannot be {value!r}: expected a number from {low:g} to {high:g}")


class ArrayNumber:
    """A number in single precision, read from its array and written to it.

    Writing raises ValueError for what is not a number from `low` to `high`. field: its column, if not its own name;
    place: its entry there; side: "helper" for the numbers of a person who helps fellow patients.
    """

    def __init__(
        self, says: str, field: str = "", place: int | None = None, low: float = 0.0, high: float = 1.0, side: str = ""
    ) -> None:
        self.__doc__ = f"{says}, {low:g} to {high:g}"
        self.field, self.place, self.low, self.high, self.side = field, place, low, high, side

    def __set_name__(self, kind: type, name: str) -> None:
        self.name, self.field = name, self.field or name

    @overload
    def __get__(self, view: None, kind: type | None = None) -> Self: ...
    @overload
    def __get__(self, view: RecordView, kind: type | None = None) -> float: ...
    def __get__(self, view: RecordView | None, kind: type | None = None) -> Self | float:
        if view is None:
            return self
        records, row = view.stands_in(self.side)
        values = records[self.field]
        return float(values[row] if self.place is None else values[row, self.place])

    def __set__(self, view: RecordView, value: float) -> None:
        records, row = view.stands_in(self.side)
        check_number(view, self.name, value, self.low, self.high)
        records[self.field][row if self.place is None else (row, self.place)] = value


class Count(ArrayNumber):
    """A whole number that the week counts: it can be read, not written."""

    def __init__(self, says: str, field: str = "", place: int | None = None) -> None:
        super().__init__(says, field, place, high=math.inf)

    @overload
    def __get__(self, view: None, kind: type | None = None) -> Self: ...
    @overload
    def __get__(self, view: RecordView, kind: type | None = None) -> int: ...
    def __get__(self, view: RecordView | None, kind: type | None = None) -> Self | int:
        return self if view is None else int(super().__get__(view, kind))

    def __set__(self, view: RecordView, value: float) -> None:
        raise AttributeError(f"{self.name} of {view!r} is what the weeks have counted: it can be read, not written")


class LastContact:
    """A mechanism of the last contact; not a number where a tie has had none since the run began or the tie did."""

    def __init__(self, mechanism: Mechanism) -> None:
        self.mechanism = mechanism
        self.__doc__ = f"{mechanism.word.replace('_', ' ')} in the last contact, 0 to 1"

    @overload
    def __get__(self, tie: None, kind: type | None = None) -> Self: ...
    @overload
    def __get__(self, tie: "TieView", kind: type | None = None) -> float: ...
    def __get__(self, tie: "TieView | None", kind: type | None = None) -> Self | float:
        if tie is None:
            return self
        last = tie.model.world.last
        if len(last) == 0:
            raise RuntimeError("mechanisms of contacts are not kept: make the model with record=True")
        had_one = tie.weeks_since_contact < min(tie.age_weeks, tie.model.week)
        return float(last[tie.row(), self.mechanism]) if had_one else math.nan


class TieView:
    """A tie between a person in recovery and a supporter. Two views of one tie are equal.

    Reading and writing raise GoneError once the tie has ended: see `gone`. To let it fade away, write `strength = 0`.
    """

    __slots__ = ("_looked_in", "_row", "model", "who")

    strength = ArrayNumber("How close the two are")
    trust = ArrayNumber("Trust of the person in the supporter")
    reciprocity = ArrayNumber("0 all help flows to the person, 1 balanced")
    expertise = ArrayNumber("0 the supporter is the expert, 1 the person is")
    friction = ArrayNumber("Friction between the two")
    ceiling = ArrayNumber("How strong the tie can become")
    rate = ArrayNumber("Contacts a week where nothing stands in the way", high=200.0)
    trust_lost = ArrayNumber("Trust lost in a rupture not yet repaired")
    critical = ArrayNumber("Share of recent contacts that were critical")
    warmth = ArrayNumber("Warmth of the supporter")
    competence = ArrayNumber("Competence of the supporter")
    criticism = ArrayNumber("Chance that the supporter is critical in a contact")
    own_criticism = ArrayNumber("Level that criticism returns to")
    age_weeks = Count("Weeks since the tie began", "age")
    weeks_since_contact = Count("Weeks since the last contact, or since the tie began", "since")

    presence = LastContact(Mechanism.PRESENCE)
    trust_felt = LastContact(Mechanism.TRUST)
    communication = LastContact(Mechanism.COMMUNICATION)
    emotional_support = LastContact(Mechanism.EMOTIONAL_SUPPORT)
    problem_focused_support = LastContact(Mechanism.PROBLEM_FOCUSED_SUPPORT)
    influence = LastContact(Mechanism.INFLUENCE)
    transcending_role = LastContact(Mechanism.TRANSCENDING_ROLE)

    def __init__(self, model: "SupportNetwork", who: TieName) -> None:
        self.model, self.who = model, who
        self._looked_in, self._row = -1, -1

    def row(self) -> int:
        """Row of `ties`, looked up once a week because rows move up when an older tie ends; -1 where it has ended."""
        if self._looked_in != self.model.week:
            people, keys = self.model.world.people, self.model.world.ties["key"]
            first, n_ties = people["first"][self.who.person], people["n_ties"][self.who.person]
            found = np.flatnonzero(keys[first : first + n_ties] == self.who.key)
            self._row = int(first + found[0]) if len(found) else -1
            self._looked_in = self.model.week
        return self._row

    def stands_in(self, side: str) -> tuple[Records, int]:
        row = self.row()
        if row < 0:
            raise GoneError(f"{self!r} has ended")
        return self.model.world.ties, row

    @property
    def gone(self) -> bool:
        """Whether the tie has ended."""
        return self.row() < 0

    @property
    def role(self) -> str:
        """Who the supporter is to the person: professional, peer, friend or family."""
        return self.who.role.word

    @property
    def origin(self) -> str:
        """natural, service, or the name of the programme that made the tie."""
        records, row = self.stands_in("")
        return origin_word(int(records["origin"][row]), self.model.simulation.programme_names)

    @property
    def ruptured(self) -> bool:
        """Whether a rupture waits for its repair."""
        records, row = self.stands_in("")
        return bool(records["ruptured"][row])

    @ruptured.setter
    def ruptured(self, value: bool) -> None:
        records, row = self.stands_in("")
        if value not in (True, False):
            raise ValueError(f"ruptured of {self!r} cannot be {value!r}: expected True or False")
        records["ruptured"][row] = value

    @property
    def patient(self) -> "Patient":
        """The person whom the tie supports."""
        return self.model.patient_in(self.who.person)

    @property
    def supporter(self) -> "Patient | Supporter":
        """Who supports: a fellow patient is the Patient that they are; of a post, whoever holds it now."""
        records, row = self.stands_in("")
        return self.model.supporter_in(self.who, int(records["supporter"][row]))

    @property
    def knows(self) -> list["TieView"]:
        """Ties of the same person with supporters whom this one knows, oldest first.

        Written, it says whom this supporter knows from now on, and each of them knows this one.
        """
        records, row = self.stands_in("")
        mask, rows = int(records["knows"][row]), self._rows_of_person()
        return ties_in(self.model, np.array([other for slot, other in enumerate(rows) if mask >> slot & 1], np.int64))

    @knows.setter
    def knows(self, others: Iterable["TieView"]) -> None:
        records, row = self.stands_in("")
        rows, known = self._rows_of_person(), {self._row_of_another(other) for other in others}
        here = np.uint64(1 << rows.index(row))
        for other in rows:
            mask = records["knows"][other]
            records["knows"][other] = mask | here if other in known else mask & ~here
        records["knows"][row] = sum(1 << rows.index(other) for other in known)

    def _rows_of_person(self) -> range:
        """Rows of the person's ties, the oldest first."""
        person = self.model.world.people[self.who.person]
        return range(int(person["first"]), int(person["first"] + person["n_ties"]))

    def _row_of_another(self, other: object) -> int:
        """Row of another tie of the same person. Raises UserInputError for anything else."""
        if isinstance(other, TieView) and other != self and other.model is self.model:
            row = other.row()
            if row in self._rows_of_person():
                return row
        raise UserInputError(
            "must be other ties of the same person", argument="knows", found=repr(other),
            expected=f"ties of patient {self.who.person} other than this one that have not ended",
            remedy="choose among `patient.ties`",
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TieView) and self.model is other.model and self.who == other.who

    def __hash__(self) -> int:
        return hash(self.who)

    def __repr__(self) -> str:
        return f"<tie of patient {self.who.person} with {self.role} {self.who.key}>"


def ties_in(model: "SupportNetwork", rows: NDArray[np.int64]) -> list[TieView]:
    """Views of the ties in these rows."""
    return [TieView(model, name) for name in names_of_ties(model.world, rows)]


def ties_with(model: "SupportNetwork", supporter: int) -> list[TieView]:
    """Ties with a supporter with several ties: a post, or a person as a fellow patient."""
    rows = tie_rows(model.world.people)
    return ties_in(model, rows[model.world.ties["supporter"][rows] == supporter])
