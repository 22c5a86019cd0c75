"""One scenario explained: what each mechanism contributes to it, alone and in all coalitions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import supportnet as sn
from supportnet.analysis.figures.mechanisms_off import SERIES, mechanisms_off_figure
from supportnet.analysis.figures.rows import Page
from supportnet.analysis.wording.attribution import attribution_sentence
from supportnet.analysis.wording.formatting import HEADLINES
from supportnet.experiments.comparison.attribution import Attribution, AttributionPlan
from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.sim.enums import Mechanism
from supportnet.sim.outcomes import OUTCOMES
from tests.command_line import AS_SET, Supportnet
from tests.ensembles import compare, explain
from tests.small import small
from tools import headline

SIZE = ("--patients", "20", "--weeks", "8", "--replicates", "3", *AS_SET)


@pytest.fixture(scope="module")
def today() -> Attribution:
    return explain(small(), patients=20, weeks=8, replicates=3)


def test_shares__sum_to_the_difference_from_a_world_without_mechanisms(today: Attribution) -> None:
    shares = today.shares("qpr")
    assert shares.loc["without", "value"] == 0.0
    assert shares.loc[today.players, "value"].sum() == pytest.approx(shares.loc["difference", "value"])
    off = {f"mechanisms__{name}": False for name in Mechanism.words()}
    compared = compare(small(**off), small(), patients=20, weeks=8, replicates=3).differences.set_index("outcome")
    for name in ("qpr", "loneliness", "network_size"):
        assert today.shares(name).loc["difference", "value"] == pytest.approx(compared.loc[name, "difference"])
    assert shares.loc["difference", "lower"] > 0.0


@pytest.mark.parametrize("name", ["trust", "presence"])
def test_a_mechanism_switched_off_alone__is_the_scenario_with_it_switched_off(today: Attribution, name: str) -> None:
    values = {f"mechanisms__{name}": False}
    compared = compare(small(**values), small(), patients=20, weeks=8, replicates=3).differences.set_index("outcome")
    alone = today.shares("qpr").loc[name]
    row = compared.loc["qpr"]
    assert alone["knockout"] == pytest.approx(row["difference"])
    assert alone["knockout_lower"] == pytest.approx(row["lower"])
    assert alone["knockout"] != 0.0


def level(as_it_is: float, off: float, noise: float = 0.01) -> Attribution:
    """A level of recovery, in even steps from that with everything switched off."""
    values = np.zeros((128, 1, 12, len(NAMES)))
    luck = noise * np.random.default_rng(1).normal(size=12)
    way = np.linspace(0.0, 1.0, 128)[:, None]
    values[:, 0, :, NAMES.index("recovery")] = off + (as_it_is - off + luck) * way
    return Attribution(AttributionPlan((small(),), Sampling(range(12)), held="off"), values)


@pytest.mark.parametrize(
    ("as_it_is", "off", "noise", "said"),
    [
        (0.6, 0.4, 0.01, "With all seven mechanisms switched off, recovery (0-1) would be much worse, by 0.2"),
        (0.4, 0.6, 0.01, "recovery (0-1) would be much better, by 0.1"),
        (0.6, 0.5, 0.9, "Whether recovery (0-1) would differ with all seven mechanisms switched off is not known"),
        (0.5, 0.499, 0.01, "There would be no difference that matters in recovery (0-1) with all seven"),
    ],
)
def test_the_sentence__says_what_an_outcome_would_be_without(
    as_it_is: float, off: float, noise: float, said: str
) -> None:
    assert said in attribution_sentence(level(as_it_is, off, noise), "recovery")


def test_an_outcome_that_has_no_value_without_mechanisms__is_not_attributed_and_the_others_are() -> None:
    found = level(0.6, 0.4)
    found.values[0, 0, :, NAMES.index("hope")] = np.nan
    sentence = "with some of the seven mechanisms switched off, hope (0-1) has no value in any replicate"
    assert sentence in attribution_sentence(found, "hope")
    assert found.shares("hope")["value"].isna().all()
    assert found.shares("recovery")["value"].notna().all()


def test_the_command__writes_every_outcome_and_gives_the_numbers_of_python(
    supportnet: Supportnet, tmp_path: Path
) -> None:
    said = supportnet("explain", "today", "--outcome", "qpr", *SIZE, "--json", "--out", str(tmp_path / "a"))
    why = sn.explain("today", outcome="qpr", patients=20, weeks=8, replicates=3, uncertainty="none")
    assert said.json["run_identity"] == why.run_identity
    assert (said.json["baseline"], said.json["other"], said.json["held"]) == ("today", None, "off")
    assert said.json["sentence"] == why.sentence
    assert set(said.json["shares"]) == set(Mechanism.words())
    assert said.json["without"] == 0.0
    total = sum(share["value"] for share in said.json["shares"].values())
    assert said.json["difference"] == pytest.approx(total)
    table = pd.read_csv(tmp_path / "a" / "shares.csv")
    assert list(table["outcome"].unique()) == list(OUTCOMES)
    own = table[table["outcome"] == "qpr"].set_index("mechanisms")
    assert own.loc["trust", "knockout"] == pytest.approx(why["trust"].knockout)
    pd.testing.assert_frame_equal(sn.Explanation.load(tmp_path / "a").summary(), why.summary())


def test_the_terminal__says_the_sentence_first(supportnet: Supportnet) -> None:
    out = supportnet("explain", "today", "--over", "relationships", *SIZE).out.strip()
    assert out.startswith(("With all four kinds", "Whether recovery", "There would be no"))
    assert "All four kinds of relationship together" in out


def test_one_scenario__is_refused_where_it_holds_a_mechanism_or_has_no_baseline() -> None:
    with pytest.raises(sn.UserInputError, match="holds mechanisms itself"):
        explain(small(mechanisms__trust=False), replicates=1)
    with pytest.raises(sn.UserInputError, match="held must be off where one scenario"):
        explain(small(), replicates=1, held="baseline")


def test_the_headline_study__keeps_a_table_and_a_figure(
    today: Attribution, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = sn.Explanation.of(today, headline.OUTCOME).save(tmp_path / "explained")
    monkeypatch.setattr(headline, "OUT", tmp_path)
    monkeypatch.setattr(headline, "made", lambda name: folder)
    headline.mechanisms_off()
    kept = pd.read_csv(tmp_path / "mechanisms_off.csv")
    assert len(kept) == len(OUTCOMES) * (len(today.players) + 2)
    assert (tmp_path / "mechanisms_off.png").stat().st_size > 10_000
    assert headline.is_there(folder, today.plan)
    assert not headline.is_there(tmp_path / "nothing", today.plan)


def test_the_figure__has_a_panel_for_each_headline_outcome(today: Attribution) -> None:
    table = pd.concat({outcome: today.shares(outcome) for outcome in OUTCOMES}, names=["outcome", "mechanisms"])
    figure = mechanisms_off_figure(table.reset_index(), Page("title", "says", "foot"))
    assert [axes.get_title(loc="left") for axes in figure.axes] == [name.replace("_", " ") for name in HEADLINES]
    qpr = figure.axes[HEADLINES.index("qpr")]
    shown = {line.get_label(): np.asarray(line.get_xdata(), float) for line in qpr.lines}
    np.testing.assert_allclose(shown[SERIES[0].name][:7], today.shares("qpr").loc[today.players, "value"])
    np.testing.assert_allclose(shown[SERIES[1].name], today.shares("qpr").loc[today.players, "knockout"])
