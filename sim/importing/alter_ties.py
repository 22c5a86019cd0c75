"""From the tables of a study to ties among supporters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supportnet.sim.importing.account import Account, people_in_words
from supportnet.sim.importing.assembling import below_each_other, check_known, places_of, tables_of
from supportnet.sim.importing.files import InterviewStudy
from supportnet.sim.importing.ids import ids
from supportnet.sim.importing.mapping_shape import AlterTieFiles, Mapping
from supportnet.sim.importing.people import IGNORE
from supportnet.sim.importing.reading import number_column
from supportnet.sim.importing.tables import PartTable, refuse
from supportnet.sim.network_file.format import PAIR_WEIGHT

if TYPE_CHECKING:
    import pandas as pd

ABOUT_ALTER_TIE = ["patient", "supporter_a", "supporter_b", "weight"]


def all_alter_ties(
    study: InterviewStudy, mapping: Mapping, people: pd.DataFrame, ties: pd.DataFrame, account: Account
) -> pd.DataFrame:
    """One row a tie among two supporters of one person: patient, supporter_a, supporter_b, weight; and one with neither
    supporter for each person with several who was not asked."""
    import pandas as pd

    tables = tables_of(study, mapping, AlterTieFiles)
    for table, entry in tables:
        check_known(ids(table, entry.patient), people, "a tie among supporters")
    listed = below_each_other([_alter_ties(table, entry) for table, entry in tables], ABOUT_ALTER_TIE)
    kept = ties[ties["role"] != IGNORE]
    tied = pd.MultiIndex.from_frame(kept[["patient", "supporter"]])
    a, b = (pd.MultiIndex.from_frame(listed[["patient", end]]).isin(tied) for end in ("supporter_a", "supporter_b"))
    lost = pd.Series(~(a & b), index=listed.index, dtype=bool)
    itself = (listed["supporter_a"] == listed["supporter_b"]) & ~lost
    pairs = _one_weight_a_pair(listed[~lost & ~itself])
    strangers = pairs["weight"] == 0
    what = "ties among supporters"
    account.leave_out(what, places_of(listed, lost), "one of the two is not among the supporters read")
    account.leave_out(what, places_of(listed, itself), "of a supporter with themselves")
    account.leave_out(what, places_of(pairs, strangers), "their weight is 0: the two do not know each other")
    unlisted = kept["patient"][kept.duplicated("patient") & ~kept["patient"].isin(listed["patient"])].unique()
    not_asked = not tables or any(entry.unlisted == "not asked" for _, entry in tables)
    if tables and len(unlisted):
        people_unlisted = f"{people_in_words(len(unlisted))} with two or more supporters and no pair in the files"
        meaning = "not asked" if not_asked else 'their supporters are strangers (or write unlisted = "not asked")'
        account.note(f"alter_ties: {people_unlisted}: {meaning}")
    drawn = pd.DataFrame({"patient": unlisted if not_asked else []}, dtype=object)
    return pd.concat([pairs[~strangers], drawn.reindex(columns=ABOUT_ALTER_TIE)])


def _one_weight_a_pair(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of which a row without a weight has that of another row; a UserInputError where two rows differ."""
    weight, one, other = pairs["weight"].astype("float64"), pairs["supporter_a"], pairs["supporter_b"]
    ends = {"lower": one.where(one < other, other), "upper": other.where(one < other, one)}
    groups = pairs.assign(weight=weight, **ends).groupby(["patient", *ends], sort=False)
    first = groups["weight"].transform("first")
    remedy = "correct one of the rows, or remove it"
    refuse("one pair twice with different weights", weight, weight.notna() & (weight != first), "the same", remedy)
    return pairs.assign(weight=first)


def _alter_ties(table: PartTable, entry: AlterTieFiles) -> pd.DataFrame:
    import pandas as pd

    names = zip(ABOUT_ALTER_TIE, entry.ids(), strict=False)
    columns: dict[str, Any] = {name: ids(table, template).to_numpy(object) for name, template in names}
    if entry.weight is not None:
        columns["weight"] = number_column(table, entry.weight, "weight", PAIR_WEIGHT).values
    return pd.DataFrame(columns, index=table.frame.index)
