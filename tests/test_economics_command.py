"""`supportnet economics` as people and scripts meet it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest

from supportnet.analysis import economics as economics_module
from supportnet.analysis.commands.compare import compare
from supportnet.analysis.commands.economics import numbers_note
from supportnet.analysis.economics import UNITS, Economics, analyse_costs, numbers_of
from supportnet.analysis.figures.economics import economics_figure
from supportnet.analysis.files.comparison_folder import Finished
from supportnet.analysis.wording.caveats import not_fitted
from supportnet.experiments.economics.costs import SHIPPED, USED, cost_schema, read_costs
from supportnet.experiments.economics.decision_scope import DecisionScope
from supportnet.experiments.economics.discounting import annuity
from supportnet.experiments.posterior import posterior as module
from supportnet.experiments.posterior.posterior import write_draws
from supportnet.sim.errors import UserInputError
from supportnet.sim.storage.toml_files import parsed
from tests.command_line import Supportnet, files_of
from tests.damage import as_earlier_versions_wrote_it, damaged
from tests.small import PATIENTS, WEEKS, small

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
TEXT = (Path(__file__).parents[1] / "experiments" / "evidence" / SHIPPED).read_text()
VALUES = pd.DataFrame({"help.well_base": np.linspace(0.2, 1.6, 12), "recover.weight": np.linspace(2, 1, 12)})


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared") / "comparison"
    others = ["smaller-caseloads", "peer-workforce"]
    compare("today", others, PATIENTS, WEEKS, replicates=5, workers=2, out=folder, uncertainty="none", quiet=True)
    return folder


def changed(before: str, after: str) -> Path:
    assert before in TEXT
    path = Path("mine.toml")
    path.write_text(TEXT.replace(before, after, 1))
    return path


@pytest.mark.usefixtures("figures_drawn")
def test_the_answer_has_the_keys_of_the_interface(supportnet: Supportnet, compared: Path) -> None:
    found = supportnet("economics", str(compared), "--out", "out", "--json").json
    assert found["baseline"] == "today"
    assert [row["scenario"] for row in found["strategies"]] == ["today", "smaller-caseloads", "peer-workforce"]
    assert all({"scenario", "cost", "effect", "icer", "status"} <= set(row) for row in found["strategies"])
    assert {row["status"] for row in found["strategies"]} <= {"", "dominated", "extendedly dominated"}
    assert all({"threshold", "scenario", "probability"} <= set(row) for row in found["acceptability"])
    sums = pd.DataFrame(found["acceptability"]).groupby("threshold")["probability"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)
    assert found["evpi"] >= 0.0
    tables = {f"{name}.csv" for name in ("strategies", "acceptability", "information", "prices", "budget_impact")}
    assert tables | {"figure.png", "figure.svg", "provenance.json"} == set(found["files"])
    assert {row["item"] for row in found["prices"]} == set(USED)
    assert all(Path(path).stat().st_size > 100 for path in found["files"].values())
    assert found["cautions"][0] == not_fitted(None)[0]
    assert any("all prices are assumptions" in caution for caution in found["cautions"])


def test_at_the_prices_of_the_model_costs_are_those_of_the_runs(compared: Path) -> None:
    finished = Finished.read(compared)
    found = analyse_costs(finished, "qpr", read_costs(), 1, None, "").strategies.set_index("scenario")
    means = finished.outcomes.groupby(["scenario", "outcome"])["value"].mean().unstack()
    assert found["cost"].to_dict() == pytest.approx(means["cost"].to_dict(), rel=1e-9)
    assert found["effect"].to_dict() == pytest.approx(means["qpr"].to_dict())
    differences = pd.read_csv(compared / "differences.csv").set_index(["outcome", "scenario"])
    for scenario in ("smaller-caseloads", "peer-workforce"):
        ours, theirs = found.loc[scenario], differences.loc[("qpr", scenario)]
        assert ours["incremental_effect"] == pytest.approx(theirs["difference"])
        assert ours["incremental_effect_lower"] == pytest.approx(theirs["lower"])
        money = differences.loc[("cost", scenario)]
        assert ours["incremental_cost_mcse"] == pytest.approx(money["mcse"])
        assert ours["incremental_cost_lower"] < money["lower"], "prices are uncertain too"


def test_prices_of_a_file_are_those_that_count(supportnet: Supportnet, compared: Path) -> None:
    free = TEXT
    for number in ("65_000", "45_000", "85_000"):
        free = free.replace(number, "0")
    Path("free.toml").write_text(free.replace('"units of money"', '"EUR"'))
    words = "economics", str(compared), "--effect", "share_recovered_personal", "--threshold", "5000"
    found = supportnet(*words, "--costs", "free.toml", "--json").json
    usual = supportnet(*words, "--json").json
    assert found["currency"] == "EUR"
    assert found["threshold"] == 5000.0
    assert found["effect"] == "share_recovered_personal"
    means = Finished.read(compared).outcomes.groupby(["scenario", "outcome"])["value"].mean()
    for one, other in zip(found["strategies"], usual["strategies"], strict=True):
        assert other["cost"] - one["cost"] == pytest.approx(65_000 * means[one["scenario"], "posts"])


@pytest.mark.parametrize("outcome", ["relapses", "admissions", "crisis_weeks"])
def test_what_is_avoided__is_an_effect(supportnet: Supportnet, compared: Path, outcome: str) -> None:
    words = "economics", str(compared), "--effect", outcome
    found = supportnet(*words, "--json").json
    means = Finished.read(compared).outcomes.groupby(["scenario", "outcome"])["value"].mean()
    baseline = means[found["baseline"], outcome]
    for row in found["strategies"]:
        assert row["incremental_effect"] == pytest.approx(baseline - means[row["scenario"], outcome])
        if row["ratio"] is not None:
            assert row["ratio"] == pytest.approx(row["incremental_cost"] / row["incremental_effect"])
    said = supportnet(*words).out
    assert f"{outcome} avoided" in said
    assert f"for each {UNITS[outcome]}" in said


@pytest.mark.usefixtures("figures_drawn")
def test_same_seed_same_bytes(supportnet: Supportnet, compared: Path) -> None:
    for name in ("one", "two"):
        assert supportnet("economics", str(compared), "--seed", "7", "--out", name).code == 0
    assert files_of(Path("one")) == files_of(Path("two"))


def test_the_table_says_what_it_is_about(supportnet: Supportnet, compared: Path) -> None:
    said = supportnet("economics", str(compared)).out
    for words in ("units of money (2025) per person and year", "parameters are not varied", "smaller-caseloads",
                  "all prices are assumptions until replaced by local ones", "for each point of QPR"):  # fmt: skip
        assert words in said


def test_budget_impact__adds_up_to_what_a_strategy_costs_more(supportnet: Supportnet, compared: Path) -> None:
    found = supportnet("economics", str(compared), "--population", "2000", "--json").json
    rows = pd.DataFrame(found["budget_impact"])
    assert found["population"] == 2000
    assert list(rows["weeks"].unique()) == [WEEKS], "less than a year"
    assert rows["total"].to_numpy() == pytest.approx(2000 * rows["difference"].to_numpy())
    by_part = rows.pivot(index="scenario", columns="part", values="difference")
    assert by_part["total"].to_numpy() == pytest.approx(by_part[list(USED)].sum(axis=1).to_numpy())
    assert by_part["total"].to_numpy() == pytest.approx(by_part[["spending", "crises_and_admissions"]].sum(axis=1))
    more = {row["scenario"]: row["incremental_cost"] * WEEKS / 52 for row in found["strategies"]}
    assert by_part["total"].to_dict() == pytest.approx({name: more[name] for name in by_part.index})
    said = supportnet("economics", str(compared), "--population", "2000", "--full").out
    assert "for 2,000 people in each year, less that of today" in said
    assert f"1 ({WEEKS} weeks)" in said


def test_value_of_information__for_all_people_over_the_years(supportnet: Supportnet, compared: Path) -> None:
    words = "economics", str(compared), "--population", "2000", "--years", "10", "--discount", "0.035"
    found = supportnet(*words, "--json").json
    rows = pd.DataFrame(found["information"])
    assert rows["population_value"].to_numpy() == pytest.approx(2000 * annuity(0.035, 10) * rows["value"])
    assert rows["population_mcse"].to_numpy() == pytest.approx(2000 * annuity(0.035, 10) * rows["mcse"])
    assert found["population_evpi"] == pytest.approx(2000 * annuity(0.035, 10) * found["evpi"])
    assert "For 2,000 people at any time, over 10 years, discounted at 3.5 % a year." in supportnet(*words).out
    assert supportnet("economics", str(compared), "--population", "2000", "--json").json["population_evpi"] is None


@pytest.mark.parametrize(("effect", "middle"), [("qpr", 1.0), ("relapses", 0.5)])
def test_discount__of_costs_at_the_middle_and_of_a_state_at_the_end(
    supportnet: Supportnet, compared: Path, effect: str, middle: float
) -> None:
    words = "economics", str(compared), "--effect", effect, "--threshold", "500"
    plain, later = (supportnet(*words, *more, "--json").json for more in ((), ("--discount", "0.2")))
    length = WEEKS / 52
    for row, other in zip(plain["strategies"], later["strategies"], strict=True):
        assert other["cost"] == pytest.approx(row["cost"] / 1.2 ** (length / 2))
        assert other["effect"] == pytest.approx(row["effect"] / 1.2 ** (length * middle))
    assert later["budget_impact"] == plain["budget_impact"]
    assert later["discount"] == 0.2
    assert "discounted at 20 % a year" in supportnet(*words, "--discount", "0.2").out


def test_comparison_without_trajectories__has_no_budget_impact(
    supportnet: Supportnet, compared: Path, tmp_path: Path
) -> None:
    shutil.copytree(compared, tmp_path / "copy")
    (tmp_path / "copy" / "trajectories.parquet").unlink()
    found = supportnet("economics", str(tmp_path / "copy"), "--json").json
    assert found["budget_impact"] == []
    assert any("no trajectories" in caution for caution in found["cautions"])
    said = supportnet("economics", str(tmp_path / "copy"), "--discount", "0.03")
    assert (said.code, "--discount needs what was used in each year" in said.err) == (2, True)
    (tmp_path / "copy" / "trajectories.parquet").write_bytes(b"damaged")
    said = supportnet("economics", str(tmp_path / "copy"))
    assert (said.code, "trajectories.parquet" in said.err) == (2, True)


def test_full__shows_where_prices_change_the_choice(supportnet: Supportnet, compared: Path) -> None:
    short, full = supportnet("economics", str(compared)).out, supportnet("economics", str(compared), "--full").out
    for words in ("Best choice by price", "45,000 to 85,000", "Prices that change the best choice"):
        assert (words in short, words in full) == (False, True)
    assert "With --full" in short


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("value = 14_000", "value = -1", ["mine.toml, line", "admission.value", "a number from 0 to 1e+12"]),
        ("high = 20_000", "high = 1e300", ["mine.toml, line", "admission.high", "a number from 0 to 1e+12"]),
        ('"units of money"', f'"{"x" * 41}"', ["mine.toml, line", "currency", "at most 40 letters"]),
        ("value = 14_000\n", "", ["mine.toml", "admission", "missing"]),
        ("[crisis_week]", "[crisis_weak]", ["unknown key", "did you mean 'crisis_week'?"]),
        ("[crisis_week]", "[bus]", ["a price is missing", "crisis_week", "'per week in crisis, on top", "unknown key"]),
        ("value = 350", "# value = 350", ["mine.toml, line", "crisis_week.value", "missing"]),
        ("low = 5\n", "low = 30\n", ["mine.toml, line", "key contact", "low < value < high", "found: 'low 30"]),
        ("per admission", "per bed day", ["admission.unit", "expected: 'per admission'", "found: 'per bed day'"]),
        ('unit = "per admission"', 'unit = "per post and year"', ["is not the unit of admission", "'per admission'"]),
        ("price_year = 2025", "price_year = 2025\ndiscount = 0.03", ["unknown key", "discount", "line 9"]),
        ("price_year = 2025", "price_year = soon", ["is not TOML", "line 8"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_cost_file_is_said(
    supportnet: Supportnet, compared: Path, before: str, after: str, told: list[str]
) -> None:
    said = supportnet("economics", str(compared), "--costs", str(changed(before, after)))
    assert said.code == 2
    for words in told:
        assert words in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--effect", "cost"), "it is money"),
        (("--effect", "network_size"), "neither more nor fewer is better"),
        (("--effect", "qprs"), "did you mean 'qpr'?"),
        (("--threshold", "-5"), "from 0.01 to 1e+12"),
        (("--threshold", "1e300"), "from 0.01 to 1e+12"),
        (("--threshold", "1e-300"), "from 0.01 to 1e+12"),
        (("--costs", "nowhere.toml"), "cannot be read"),
        (("--posterior", "mine.parquet"), "used no posterior"),
        (("--seed", "-1"), "seed"),
        (("--population", "0"), "--population is out of range"),
        (("--years", "10"), "remedy: give --population, or leave --years out"),
        (("--population", "10", "--years", "101"), "--years is out of range"),
        (("--discount", "3.5"), "0.035 for 3.5 %"),
        (("--study-people", "0"), "--study-people is out of range"),
        (("--discount", "-0.1"), "--discount must be a rate per year"),
    ],
)
def test_other_mistakes_are_said(supportnet: Supportnet, compared: Path, words: tuple[str, ...], told: str) -> None:
    said = supportnet("economics", str(compared), *words)
    assert (said.code, told in said.err) == (2, True), said.err


def test_what_is_no_comparison_is_refused(supportnet: Supportnet, compared: Path) -> None:
    def copied(name: str, **update: object) -> str:
        shutil.copytree(compared, name)
        as_earlier_versions_wrote_it(Path(name, "provenance.json"), **update)
        return name

    outcomes = pd.read_parquet(compared / "outcomes.parquet")
    outcomes[outcomes["outcome"] != "posts"].to_parquet(Path(copied("old"), "outcomes.parquet"))
    outcomes[outcomes["replicate"] == 0].to_parquet(Path(copied("short"), "outcomes.parquet"))
    gone = (outcomes["outcome"] == "posts") & (outcomes["scenario"] == "peer-workforce")
    outcomes[~gone].to_parquet(Path(copied("partly"), "outcomes.parquet"))
    Path("half").mkdir()
    shutil.copy(compared / "provenance.json", "half")
    Path("list").mkdir()
    Path("list", "provenance.json").write_text("[]")
    Path("empty").mkdir()
    Path("file").write_text("")
    for folder, told in {
        "empty": "found: 'no provenance.json there'",
        "nowhere": "found: 'no such folder'",
        "file": "there is no comparison here",
        "half": "found: 'no outcomes.parquet there'",
        "list": "provenance.json of something else",
        str(compared.parent): f"remedy: use the one below it: {compared}",
        copied("run", command="run"): "these are not the results of a comparison",
        copied("single", names=["today"]): "nothing to compare costs with",
        copied("seeded", seed=99): "was changed since it was written",
        "old": "no outcome posts",
        "short": "too few replicates",
        "partly": "found: '0 complete, of 5'",
    }.items():
        said = supportnet("economics", folder)
        assert (said.code, told in said.err, "Errno" in said.err) == (2, True, False), said.err
    said = supportnet("economics", str(compared), "--out", str(compared))
    assert (said.code, "would be replaced" in said.err) == (2, True)
    assert (compared / "outcomes.csv").is_file()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda rows: rows[rows["scenario"] != "peer-workforce"], "not the scenarios compared: peer-workforce"),
        (lambda rows: rows.replace("peer-workforce", "peers"), "not the scenarios compared: peer-workforce, peers"),
        (lambda rows: pd.concat([rows, rows[:1]]), "rows that come twice"),
        (lambda rows: rows.astype({"value": str}), "no numbers"),
        (lambda rows: rows.astype({"replicate": str}), "no numbers"),
        (lambda rows: rows.assign(replicate=rows["replicate"] + 1), "replicates that were not compared"),
        (lambda rows: rows.drop(columns="outcome"), "damaged"),
    ],
)  # fmt: skip
def test_damaged_outcomes_are_said(
    compared: Path, tmp_path: Path, damage: Callable[[pd.DataFrame], pd.DataFrame], told: str
) -> None:
    shutil.copy(compared / "provenance.json", tmp_path)
    as_earlier_versions_wrote_it(tmp_path / "provenance.json")
    damage(Finished.read(compared).outcomes).to_parquet(tmp_path / "outcomes.parquet")
    with pytest.raises(UserInputError, match=told):
        Finished.read(tmp_path)


@pytest.mark.parametrize("name", ["outcomes.parquet", "provenance.json"])
def test_damage_is_refused_by_name(compared: Path, tmp_path: Path, name: str) -> None:
    for one in ("outcomes.parquet", "provenance.json"):
        shutil.copy(compared / one, tmp_path)
    for what, content in damaged((compared / name).read_bytes(), 100):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserInputError, match=name.replace(".", r"\.")):
            print(what, Finished.read(tmp_path))


def test_damage_of_a_comparison_without_checksums_ends_in_a_mistake_or_a_caution(
    compared: Path, tmp_path: Path
) -> None:
    """As earlier versions wrote them; a bit of a value can't be told from another value."""
    for name in ("outcomes.parquet", "provenance.json"):
        shutil.copy(compared / name, tmp_path)
    as_earlier_versions_wrote_it(tmp_path / "provenance.json")
    for name in ("outcomes.parquet", "provenance.json"):
        whole = (tmp_path / name).read_bytes()
        for what, content in damaged(whole, 30):
            (tmp_path / name).write_bytes(content)
            try:
                found = analyse_costs(Finished.read(tmp_path), "qpr", read_costs(), 1, None, "")
            except UserInputError:
                continue
            assert "has no checksums" in " ".join(found.cautions), what
        (tmp_path / name).write_bytes(whole)


def test_the_file_that_ships_is_printed_and_can_be_used(supportnet: Supportnet, compared: Path) -> None:
    said = supportnet("economics", "--print-costs")
    assert (said.code, said.out) == (0, TEXT)
    Path("prices.toml").write_text(said.out)
    with_it = supportnet("economics", str(compared), "--costs", "prices.toml", "--json").json
    assert with_it["strategies"] == supportnet("economics", str(compared), "--json").json["strategies"]


def test_the_schema_is_that_of_the_file_that_ships(supportnet: Supportnet) -> None:
    schema = supportnet("schema", "costs").json
    assert schema == cost_schema()
    assert schema["title"] == "supportnet costs"
    jsonschema.validate(parsed(TEXT, SHIPPED, ""), schema)


def test_draws_are_parameters_and_their_numbers_are_told(supportnet: Supportnet) -> None:
    """Two module, really lived; then many made up, of which one number decides."""
    write_draws(Path("draws.parquet"), VALUES, {"presets": ["psychosis"]})
    size = "--patients", "30", "--weeks", "8", "--replicates", "5", "--workers", "2", "--out", "lived"
    assert supportnet("compare", "today", "peer-workforce", *size, "--posterior", "draws.parquet").code == 0
    found = supportnet("economics", "lived", "--posterior", "draws.parquet", "--json").json
    assert found["replicates"] == 4, "the third draw was lived once only"
    assert any("1 replicate left out" in caution for caution in found["cautions"])
    assert "posterior draws" in found["probability_of"]
    assert "all parameters" in {row["about"] for row in found["information"]}
    said = supportnet("economics", "lived", "--posterior", "draws.parquet", "--study-people", "50").out
    assert "No study is valued" in said
    assert "at least 10 draws are needed, and there are 2" in said
    unnamed = supportnet("economics", "lived", "--json").json
    assert any(
        "value of information on single parameters is not reported" in caution for caution in unnamed["cautions"]
    )


def test_a_posterior_that_the_comparison_was_not_lived_by_is_refused_with_a_remedy_that_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = made_up(20, "known", np.ones(20))
    path = tmp_path / "others.parquet"
    write_draws(path, VALUES, {"presets": ["psychosis"]})
    with pytest.raises(UserInputError, match=r"another posterior[\s\S]*leave `posterior` out"):
        numbers_of(finished, finished.samples("qpr"), str(path))
    monkeypatch.setattr(module, "model_identity", str)  # as if the model had changed since
    with pytest.raises(UserInputError, match=r"another version of the model[\s\S]*leave `posterior` out") as said:
        numbers_of(finished, finished.samples("qpr"), str(path))
    assert "--uncertainty" not in str(said.value), "economics has no such option"
    monkeypatch.setattr(economics_module, "shipped_draws_path", lambda name="": path)
    monkeypatch.setattr(module, "shipped_draws_path", lambda name="": path)
    assert numbers_of(finished, finished.samples("qpr"), "") is None, "those that ship are others"


MAPPING = 'outcome = "relapses"\nvalue = -0.02\nlow = -0.03\nhigh = -0.01\nsource = "Doe 2020, a made-up example"\n'


def test_utility__is_an_effect_where_prices_name_a_mapping(supportnet: Supportnet, compared: Path) -> None:
    Path("mine.toml").write_text(f"{TEXT}\n[utility]\n{MAPPING}")
    words = "economics", str(compared), "--threshold", "20000"
    found = supportnet(*words, "--costs", "mine.toml", "--effect", "utility", "--json").json
    avoided = supportnet(*words, "--effect", "relapses", "--json").json
    for row, other in zip(found["strategies"], avoided["strategies"], strict=True):
        assert row["incremental_effect"] == pytest.approx(0.02 * other["incremental_effect"])
        width, plain = (one["incremental_effect_upper"] - one["incremental_effect_lower"] for one in (row, other))
        assert width >= 0.02 * plain
    rows = pd.DataFrame(found["information"]).set_index("about")
    assert rows.loc["utility", "kind"] == "price"
    assert any("mapped from relapses: -0.02 (-0.03 to -0.01)" in caution for caution in found["cautions"])
    assert found["costs"]["utility"]["outcome"] == "relapses"
    assert "utility" not in avoided["costs"]
    assert "utility" not in str(avoided).lower(), "nothing is said of it where no mapping is named"


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('"Doe 2020, a made-up example"', '"assumed"', "needs a source that can be looked up"),
        ("low = -0.03", "low = -0.02", "needs its error"),
        ('"relapses"', '"qpr"', "more utility where qpr is worse"),
        ('"relapses"', '"relapse"', "did you mean 'relapses'?"),
        ("value = -0.02", "value = -20", "a number from -1 to 1"),
        ("low = -0.03\n", "", "utility.low"),
    ],
)
def test_mapping_without_its_source_or_error__is_refused(
    supportnet: Supportnet, compared: Path, before: str, after: str, problem: str
) -> None:
    Path("mine.toml").write_text(f"{TEXT}\n[utility]\n{MAPPING.replace(before, after)}")
    said = supportnet("economics", str(compared), "--costs", "mine.toml")
    assert (said.code, problem in said.err) == (2, True), said.err
    said = supportnet("economics", str(compared), "--effect", "utility")
    assert (said.code, "a table [utility]" in said.err) == (2, True)


def test_whether_numbers_stand_out_is_said() -> None:
    table = pd.DataFrame({"kind": ["everything", "number", "number"], "clear": [True, True, False]})
    assert numbers_note(table, 10).endswith(": 1 of 2.")
    assert numbers_note(table.assign(clear=False), 10).endswith(": none of 2.")
    with_group = pd.concat([table, pd.DataFrame({"kind": ["group"], "clear": [True]})])
    assert numbers_note(with_group, 10).endswith(": 1 of 2, groups 1 of 1.")


def made_up(replicates: int, posterior: str, wins: np.ndarray) -> Finished:
    """A comparison of a with b, which wins by so much in each replicate."""
    rows = [
        (scenario, replicate, outcome, level)
        for replicate in range(replicates)
        for scenario, effect in (("a", 0.0), ("b", wins[replicate]))
        for outcome, level in {**dict.fromkeys(USED.values(), 1.0), "qpr": 40.0 + effect}.items()
    ]
    told = {
        "names": ["a", "b"], "posterior": posterior, "independent": False, "replicates": list(range(replicates)),
        "scenarios": [{"scenario": small().canonical(), "parameters": {}}] * 2,
    }  # fmt: skip
    return Finished(Path("made-up"), told, pd.DataFrame(rows, columns=["scenario", "replicate", "outcome", "value"]))


@pytest.mark.parametrize(("replicates", "posterior"), [(1, ""), (1, "known"), (2, "known"), (3, "known")])
def test_too_few_replicates_to_tell_luck_from_effect_are_said(replicates: int, posterior: str) -> None:
    with pytest.raises(UserInputError, match="too few replicates"):
        made_up(replicates, posterior, np.ones(replicates)).samples("qpr")


def test_the_number_that_a_choice_hangs_on_is_worth_most() -> None:
    luck = np.random.default_rng(3)
    values = pd.DataFrame({"idle": luck.random(60), "decisive": luck.random(60)})
    wins = np.repeat(values["decisive"].to_numpy() - 0.5, 2)
    finished = made_up(120, "known", wins + 0.1 * luck.standard_normal(120))
    found = Economics(finished, finished.samples("qpr"), "qpr", read_costs(), 1, 1000.0, values)
    priced = found.information[found.information["threshold"] == 1000.0].set_index("about")
    worths, numbers = priced["value"], priced[priced["kind"] == "number"]
    assert list(numbers.index[numbers["clear"]]) == ["decisive"]
    assert worths["decisive"] == pytest.approx(1000 / 8, rel=0.25), "a uniform distribution of width 1000"
    assert worths["everything"] == pytest.approx(1000 / 8, rel=0.25)
    assert worths["idle"] < 25
    assert worths["all prices"] == 0.0
    assert set(priced["kind"]) & {"group", "study"} == set(), "each is alone in its group, and no study is asked for"


def test_figure__names_every_strategy_once_and_has_a_dot_for_each_draw() -> None:
    wins = np.repeat(np.random.default_rng(3).normal(0.5, 1.0, 30), 2)
    finished = made_up(60, "known", wins)
    found = Economics(finished, finished.samples("qpr"), "qpr", read_costs(), 1, 1000.0, None)
    figure = economics_figure(found)
    assert len(figure.axes) == 4
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b"]
    assert found.cloud.shape == (30, 2, 2)
    assert len(set(found.cloud[:, 1, 0].round(9))) == 30, "no two dots of one draw above each other"
    loss = figure.axes[3]
    assert loss.get_yscale() == "log"
    drawn = [line.get_ydata() for line in loss.lines[1:3]]
    np.testing.assert_allclose(np.transpose(drawn), found.curve.loss)


def test_study_of_what_stands_out__is_told_beside_it() -> None:
    rng = np.random.default_rng(3)
    names = "help.well_base", "help.well_trust", "recover.weight"
    values = pd.DataFrame({name: 0.5 + 0.2 * rng.random(60) for name in names})
    wins = np.repeat(10.0 * (values[names[0]].to_numpy() - 0.6), 2)
    finished = made_up(120, "known", wins + 0.1 * rng.standard_normal(120))
    scope = DecisionScope(1000, 1, study_people=10)
    found = Economics(finished, finished.samples("qpr"), "qpr", read_costs(), 1, 1000.0, values, scope)
    rows = found.information[found.information["threshold"] == 1000.0].set_index("about")
    assert list(rows.index[rows["kind"].eq("group")]) == ["help (2 parameters)"]
    studies = rows[rows["kind"] == "study"]
    assert set(studies.index) == {f"{name}: a study of 10 people" for name in (names[0], "help (2 parameters)")}
    for name in (names[0], "help (2 parameters)"):
        exact, study = rows.loc[name], rows.loc[f"{name}: a study of 10 people"]
        assert exact["clear"]
        assert exact["value"] == pytest.approx(250.0, rel=0.25), "a uniform distribution of width 2000"
        assert 0.0 < study["value"] < exact["value"]
        assert study["population_value"] == pytest.approx(1000 * study["value"])
