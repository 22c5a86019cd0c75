"""Mistakes that lie near what was meant: the message says what to do, not only what is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

import supportnet as sn
from supportnet.sim.importing.mapping import read_mapping

STUDY = 'scenarios = ["today"]\n[factors."services.caseload"]\nlow = 10\nhigh = 40\n'
SCENARIO = 'based_on = "today"\n[services]\ncaseload = 15\n'
PRICES = 'currency = "EUR"\n[post]\nvalue = 3\n'
FEW = {"replicates": 2, "patients": 20, "weeks": 2, "uncertainty": "none"}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said(call: Callable[[], object]) -> str:
    with pytest.raises(sn.UserInputError) as error:
        call()
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "read", "says", "takes"),
    [
        (STUDY, sn.run, "this is a study, not a scenario", "`supportnet sweep` takes this one"),
        (SCENARIO, sn.Study.load, "this is a scenario, not a study", "`supportnet run` takes this one"),
        (PRICES, sn.Scenario.load, "this is a file of prices, not a scenario", "`supportnet economics --costs`"),
        (SCENARIO, lambda path: read_mapping(Path(path)), "this is a scenario, not a mapping", "`supportnet run`"),
    ],
)
def test_a_file_of_another_kind__is_named(text: str, read: Callable[[str], object], says: str, takes: str) -> None:
    Path("mine.toml").write_text(text)
    message = said(lambda: read("mine.toml"))
    assert message.startswith(f"mine.toml: {says}\n")
    assert takes in message
    assert message.count("\n") == 3, "no list of keys"


def test_prices__are_no_scenario() -> None:
    Path("mine.toml").write_text(SCENARIO)
    what_if = sn.compare("today", "befriending", **FEW)
    assert "this is a scenario, not a file of prices" in said(lambda: sn.economics(what_if, costs="mine.toml"))


@pytest.mark.parametrize("read", [sn.run, sn.Study.load])
def test_a_file_that_is_not_there(read: Callable[[str], object]) -> None:
    Path("sweep.toml").write_text(STUDY)
    assert "file in this folder" in said(lambda: read("nothing-of-this-name.toml"))
    assert "remedy: check the path" in said(lambda: read("nothing-of-this-name.toml"))
    assert "did you mean 'sweep.toml'?" in said(lambda: read("swep.toml"))
    assert "remedy: check the path" in said(lambda: read("below/nothing-of-this-name.toml"))


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('[services]\ncaseload = "15"\n', "write 15 without quotation marks"),
        ('[parameters]\n"bond.trust_gain" = "0.1"\n', "write 0.1 without quotation marks"),
        ('[programmes.befriending]\nfacilitated = "true"\n', "write true without quotation marks"),
        ("[bond]\ntrust_gain = 0.1\n", 'write it under [parameters], as "bond.trust_gain"'),
        ("[bond]\ntrust_gian = 0.1\n", 'write it under [parameters], as "bond.trust_gain"'),
        ("[meet.rate]\nfamily = 1\n", 'write it under [parameters], as "meet.rate.family"'),
        ('"bond.trust_gain" = 0.1\n', 'write it under [parameters], as "bond.trust_gain"'),
        ('"services.caseload" = 15\n', "write caseload under [services]"),
        ("[Services]\ncaseload = 15\n", "did you mean 'services'?"),
    ],
)
def test_the_remedy__is_what_to_write(text: str, remedy: str) -> None:
    Path("mine.toml").write_text(f'based_on = "today"\n{text}' if text[0] != '"' else text)
    assert f"remedy: {remedy}" in said(lambda: sn.Scenario.load("mine.toml"))


def test_a_number_of_a_study_in_quotation_marks() -> None:
    Path("mine.toml").write_text(f'replicates = "4"\n{STUDY}')
    assert "remedy: write 4 without quotation marks" in said(lambda: sn.Study.load("mine.toml"))


def test_results_of_another_command__are_named() -> None:
    run, compared = sn.run("today", **FEW).save("run"), sn.compare("today", "befriending", **FEW).save("compare")
    for read in (sn.Comparison.load, sn.economics, sn.Explanation.load, sn.Trial.load):
        message = said(lambda: read(run))  # noqa: B023
        assert "these are not the results of" in message
        assert "found: 'those of run'" in message
    assert "is the provenance of a comparison, not of a run" in said(lambda: sn.Results.load(compared))


def test_capitals__are_near() -> None:
    results = sn.run("today", **FEW)
    assert "did you mean 'qpr'?" in said(lambda: results["QPR"])
    assert "did you mean 'levers'?" in said(lambda: sn.Study.load("LEVERS"))
