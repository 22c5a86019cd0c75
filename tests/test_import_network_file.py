"""A network file is checked before a scenario uses it."""

import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from supportnet.sim.enums import Condition, Role
from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.importing.mapping import mapping_schema
from supportnet.sim.importing.mapping_shape import ConditionWord, Mapping, RoleWord
from supportnet.sim.network_file.format import network_schema, to_parquet
from supportnet.sim.network_file.reader import read_networks
from tests.damage import damaged
from tests.test_import import EXAMPLE, ROOT

NAN = float("nan")


def rows(*given: tuple[Any, ...], **more: list[Any]) -> pa.Table:
    """A network file of (patient, supporter, role) and further columns."""
    patient, supporter, role = (list(column) for column in zip(*given, strict=True))
    return pa.table({"patient": patient, "supporter": supporter, "role": role, **more})


TWO = (("a", "1", "peer"), ("b", None, None))


def test_network_file_made_by_hand__needs_three_columns_only(tmp_path: Path) -> None:
    pq.write_table(
        rows((7, 1, "peer"), (7, 2, "family"), (8, None, None), trust=[1, None, None]), tmp_path / "n.parquet"
    )
    networks = read_networks(tmp_path / "n.parquet")
    assert networks.patients == ("7", "8")
    assert networks.supporters == ("1", "2")
    assert networks.patient.tolist() == [0, 0]
    assert networks.role.tolist() == [Role.PEER, Role.FAMILY]
    assert networks.trust[0] == 1
    assert np.isnan(networks.trust[1])
    assert np.isnan(networks.strength).all()
    assert networks.condition.tolist() == [-1, -1]
    assert networks.source == {}


def test_network_file_from_pandas__keeps_what_is_not_given(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"patient": ["a", "b"], "supporter": ["1", None], "role": ["friend", None], "strength": [0.5, NAN]}
    )
    frame.to_parquet(tmp_path / "n.parquet")
    networks = read_networks(tmp_path / "n.parquet")
    assert networks.strength.tolist() == [0.5]
    assert networks.patients == ("a", "b")


def test_people_without_anybody__make_a_network_file_too(tmp_path: Path) -> None:
    pq.write_table(rows(("a", None, None), ("b", None, None), distress=[0.5, 1.0]), tmp_path / "n.parquet")
    networks = read_networks(tmp_path / "n.parquet")
    assert (len(networks.patients), len(networks.supporters), len(networks.strength)) == (2, 0, 0)
    assert networks.distress.tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            pa.table({"patient": ["a"], "suporter": ["1"], "role": ["peer"]}),
            ["unknown column", "did you mean 'supporter'?"],
        ),
        (pa.table({"patient": ["a"], "supporter": ["1"]}), ["a column is missing", "role"]),
        (pa.table({}), ["a column is missing"]),
        (rows(*TWO).slice(0, 0), ["nobody"]),
        (rows(("a", "1", "cousin")), ["unknown role", "row 1", "'cousin'", "professional, peer, friend, family"]),
        (rows(*TWO, condition=["flu", None]), ["unknown condition", "'flu'"]),
        (rows(*TWO, strength=[NAN, None]), ["not a number in range", "row 1", "nan"]),
        (rows(*TWO, strength=[1.5, None]), ["not a number in range", "1.5", "from 0 to 1"]),
        (rows(*TWO, contacts_per_week=[-1.0, None]), ["not a number in range", "contacts/week"]),
        (rows(*TWO, trust=["much", None]), ["not a number in range", "'much'"]),
        (rows(*TWO, trust=[True, None]), ["not a number in range", "found: true"]),
        (rows(*TWO, distress=[0.5, float("inf")]), ["not a number in range", "row 2"]),
        (rows(("a", "1", "peer"), ("a", "1", "peer")), ["same tie twice", "row 2"]),
        (rows(("a", "1", "peer"), ("a", None, None)), ["empty row of somebody with ties", "row 2"]),
        (rows(("a", None, None), ("a", None, None)), ["or twice", "row 2"]),
        (rows((None, "1", "peer")), ["without patient"]),
        (rows(("a", "1", None)), ["supporter without role"]),
        (rows(("a", None, "peer")), ["role without supporter"]),
        (rows((1.5, "1", "peer")), ["not a text", "1.5"]),
        (rows(("a", "1", "peer"), ("a", "2", "peer"), distress=[0.1, 0.2]), ["different things", "row 2"]),
    ],
)
def test_network_file_that_no_scenario_could_use__is_refused(tmp_path: Path, table: pa.Table, said: list[str]) -> None:
    pq.write_table(table, tmp_path / "n.parquet")
    with pytest.raises(UserInputError) as caught:
        read_networks(tmp_path / "n.parquet")
    for part in [*said, "n.parquet", "found: ", "expected: ", "remedy: "]:
        assert part in str(caught.value)


def test_what_is_not_a_parquet_file__is_refused(tmp_path: Path) -> None:
    (tmp_path / "n.parquet").write_bytes(b"patient,supporter\n")
    for path in (tmp_path / "n.parquet", tmp_path / "none.parquet", tmp_path):
        with pytest.raises(UserInputError, match=r"network file|Parquet"):
            read_networks(path)


def test_network_file__cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    import_interviews(EXAMPLE, None, tmp_path)
    whole = (tmp_path / "networks.parquet").read_bytes()
    for length in range(0, len(whole), 97):
        (tmp_path / "cut.parquet").write_bytes(whole[:length])
        with pytest.raises(UserInputError):
            read_networks(tmp_path / "cut.parquet")


def test_schemas__name_every_key_and_every_column(tmp_path: Path) -> None:
    schema = mapping_schema()
    assert set(schema["properties"]) == set(Mapping.model_fields)
    assert schema["$defs"]["TieFiles"]["additionalProperties"] is False
    import_interviews(EXAMPLE, None, tmp_path)
    assert set(network_schema()["properties"]) == set(pq.read_schema(tmp_path / "networks.parquet").names)


def test_words_of_the_mapping__are_the_words_of_the_model() -> None:
    assert get_args(RoleWord) == (*Role.words(), "ignore")
    assert get_args(ConditionWord) == (*Condition.words(), "ignore")


def test_importing__waits_with_the_heavy_libraries() -> None:
    program = (
        "import sys, supportnet.sim.importing; print([name for name in ('pandas', 'pyarrow') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.strip() == "[]"


def test_weights__of_people_are_kept_and_one_where_nothing_is_given(tmp_path: Path) -> None:
    pq.write_table(rows(*TWO, ("c", None, None), weight=[0.2, 3.8, None]), tmp_path / "n.parquet")
    assert read_networks(tmp_path / "n.parquet").weight.tolist() == [0.2, 3.8, 1.0]
    pq.write_table(rows(*TWO), tmp_path / "n.parquet")
    assert read_networks(tmp_path / "n.parquet").weight.tolist() == [1.0, 1.0]
    for weight in (0.0, -1.0, float("inf")):
        pq.write_table(rows(*TWO, weight=[1.0, weight]), tmp_path / "n.parquet")
        with pytest.raises(UserInputError, match="not a number in range"):
            read_networks(tmp_path / "n.parquet")


def test_a_damaged_network_file__gives_no_other_people(tmp_path: Path) -> None:
    ties = [(f"p{k}", f"s{k}", "friend") for k in range(40)]
    strength = [k / 40 for k in range(40)]
    frame = pd.DataFrame(ties, columns=["patient", "supporter", "role"]).assign(strength=strength)
    content, path, refused = to_parquet(frame, {"supportnet_source": "interviews"}), tmp_path / "n.parquet", 0
    path.write_bytes(content)
    whole = read_networks(path)
    for what, bad in damaged(content, 100):
        path.write_bytes(bad)
        try:
            found = read_networks(path)
        except UserInputError:
            refused += 1
            continue
        assert found.supporters == whole.supporters, what
        assert found.strength.tolist() == strength, what
    assert refused > 50
