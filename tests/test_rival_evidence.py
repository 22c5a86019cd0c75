"""Which evidence tells rivals apart: calibrations that nobody ran, side by side, and what pages say of them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supportnet.analysis.files.result_folder import PROVENANCE, written_together
from supportnet.analysis.files.writing import write_csv, write_json, write_parquet
from supportnet.analysis.outputs.calibration import EFFECTS, POSTERIOR
from supportnet.analysis.results.rival_fits import MODEL, PATTERNS, read_fits
from supportnet.analysis.rival_evidence import (
    NAMES,
    RivalTables,
    bayes_factors,
    compare_with_rivals,
    evidence_folder,
    telling,
    write_rivals,
)
from supportnet.experiments.calibration.alternative_models import rivals
from supportnet.experiments.calibration.discrepancy import Benefits
from supportnet.experiments.calibration.marginal_likelihood import ALL
from supportnet.experiments.posterior.posterior import write_draws
from supportnet.experiments.randomised.evidence import shipped_evidence
from supportnet.sim.errors import UserInputError
from tests.damage import damaged
from tests.rival_fits import exact_logs, write_fit
from tools.rivals_page import PAGE, page, sentences
from tools.rivals_tables import verdict

ROOT = Path(__file__).parent.parent
BEHIND = {"no_social_effect": 0.45, "skill_alone": 0.2, "therapy_only": 0.1}  # benefits that rivals lack
NOT_SHIPPED = not all((evidence_folder() / name).is_file() for name in NAMES)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Calibrations of all: trials tell the first two rivals, natural history the first and the third, and nothing the
    last, which is the model itself."""
    folder = tmp_path_factory.mktemp("worlds")
    for name in (MODEL, *rivals()):
        write_fit(folder, name, BEHIND.get(name, 0.0), {"no_social_effect": 2, "therapy_only": 1}.get(name, 0))
    return folder


@pytest.fixture(scope="module")
def tables(worlds: Path, tmp_path_factory: pytest.TempPathFactory) -> RivalTables:
    out = tmp_path_factory.mktemp("tables")
    write_rivals(worlds, out)
    return RivalTables.read(out)


def test_a_rival_that_is_the_model__has_a_bayes_factor_of_one(tables: RivalTables) -> None:
    found = bayes_factors(tables.trials, "illness_makes_homes_critical")
    assert list(found) == [ALL, *shipped_evidence().programmes]
    assert {one.log for one in found.values()} == {0.0}
    assert {one.strength for one in found.values()} == {""}
    assert all(one.error > 0.0 for one in found.values())


def test_the_further_a_rival_is_from_trials__the_stronger_is_evidence_against_it(tables: RivalTables) -> None:
    names = [*BEHIND, "illness_makes_homes_critical"]
    factors = [bayes_factors(tables.trials, name)[ALL].log for name in names]
    assert all(more > less for more, less in pairwise(factors))
    exact = {name: exact_logs(Benefits.of(shipped_evidence().effects).estimate - off) for name, off in
             {MODEL: 0.0, "skill_alone": 0.2}.items()}  # fmt: skip
    found = bayes_factors(tables.trials, "skill_alone")["befriending"]
    known = exact[MODEL]["befriending"] - exact["skill_alone"]["befriending"]
    assert abs(found.log - known) < 4 * found.error
    assert (tables.trials.filter(like="_draws") == 40).all(axis=None)


def test_benefits__are_means_over_draws_that_trials_weigh(tables: RivalTables, worlds: Path) -> None:
    effects = pd.read_parquet(worlds / "skill_alone" / EFFECTS)
    found = tables.benefits.set_index("effect")
    admissions = "peer_support_in_any_mental_illness.admissions.52"
    mean = np.average(effects[admissions], weights=effects["weight"])
    assert found.loc[admissions, "skill_alone_benefit"] == pytest.approx(-mean / 1.81, rel=1e-2)
    published = Benefits.of(shipped_evidence().effects)
    np.testing.assert_allclose(found["published"], published.estimate)
    np.testing.assert_allclose(found["error"], published.error)
    assert np.abs(found["model_benefit"] - found["published"]).max() < 0.1
    assert (found["model_benefit"] - found["no_social_effect_benefit"]).mean() == pytest.approx(0.45, abs=0.05)


def test_natural_history__is_that_of_the_runs_at_draws(tables: RivalTables, worlds: Path) -> None:
    calibrated = pd.read_csv(worlds / "no_social_effect" / PATTERNS)
    columns = ["posterior", "posterior_lower", "posterior_upper", "in_range", "posterior_in_range"]
    for column, name in zip(columns, ["value", "lower", "upper", "in_range", "share"], strict=True):
        assert tables.history[f"no_social_effect_{name}"].tolist() == calibrated[column].tolist()
    assert tables.history["name"].tolist() == calibrated["value"].tolist()
    assert tables.history["model_in_range"].all()
    assert tables.history["no_social_effect_in_range"].sum() == len(calibrated) - 2
    assert len(telling(tables.history, "no_social_effect")) == 2
    assert len(telling(tables.history, "skill_alone")) == 0


def test_a_pattern_tells_a_rival__where_one_is_in_range_and_intervals_lie_apart() -> None:
    def world(rows: dict[str, tuple[float, float, bool]]) -> pd.DataFrame:
        same = {"pattern": 1, "preset": "mixed", "what": "", "unit": "", "accept_lower": 0.0, "accept_upper": 1.0}
        return pd.DataFrame(
            {**same, "value": name, "posterior": (low + high) / 2, "posterior_lower": low, "posterior_upper": high,
             "in_range": met, "posterior_in_range": 0.9}
            for name, (low, high, met) in rows.items()
        )  # fmt: skip

    ours = world({"apart": (0.1, 0.4, True), "overlap": (0.1, 0.4, True), "both": (0.1, 0.4, True)})
    theirs = world({"apart": (-0.5, 0.0, False), "overlap": (-0.5, 0.2, False), "both": (0.5, 0.9, True)})
    for fits in ({MODEL: ours, "other": theirs}, {MODEL: theirs, "other": ours}):
        assert list(telling(compare_with_rivals(fits), "other")["name"]) == ["apart"]


def test_draws_are_recognised__where_they_were_kept_for_what_the_model_shows(tmp_path: Path) -> None:
    for name in (MODEL, *rivals()):
        write_fit(tmp_path, name, off={"skill_alone": 25, "therapy_only": 2}.get(name, 0))
    write_rivals(tmp_path, tmp_path)
    tables = RivalTables.read(tmp_path)
    assert not tables.trials["skill_alone_recognised"].any(), "half of the values are out of range"
    assert tables.trials["therapy_only_recognised"].all()
    assert row_of(page(tables), "Skill causes both")[1].endswith("†")
    assert not row_of(page(tables), "Only professionals help")[1].endswith("†")


def refused(folder: Path, says: str) -> None:
    with pytest.raises(UserInputError, match=says):
        read_fits(folder)


def linked(worlds: Path, folder: Path) -> None:
    """The calibrations that others made, in this folder."""
    for name in (MODEL, *rivals()):
        (folder / name).symlink_to(worlds / name)
    assert list(read_fits(folder)) == [MODEL, *rivals()]


SLOW = [pytest.param(file, marks=pytest.mark.slow) for file in (POSTERIOR, EFFECTS)]


@pytest.mark.parametrize("file", [PATTERNS, PROVENANCE, *SLOW])
def test_calibrations_that_are_damaged__are_refused(file: str, worlds: Path, tmp_path: Path) -> None:
    linked(worlds, tmp_path)
    (tmp_path / "skill_alone").unlink()
    write_fit(tmp_path, "skill_alone")
    path = tmp_path / "skill_alone" / file
    whole = path.read_bytes()
    for _, content in damaged(whole, flips=3):
        path.write_bytes(content)
        refused(tmp_path, "skill_alone")
    path.unlink()
    refused(tmp_path, "skill_alone")
    path.write_bytes(whole)
    assert list(read_fits(tmp_path)) == [MODEL, *rivals()]


def test_calibrations_that_are_missing_or_of_something_else__are_refused(worlds: Path, tmp_path: Path) -> None:
    linked(worlds, tmp_path)
    (tmp_path / "skill_alone").unlink()
    refused(tmp_path, "skill_alone")
    (tmp_path / "skill_alone").symlink_to(worlds / "skill_alone")
    (tmp_path / "therapy_only").unlink()
    (tmp_path / "therapy_only").symlink_to(worlds / "skill_alone")
    refused(tmp_path, "is another rival")


@pytest.mark.parametrize("what", ["evidence", "weights", "ranges", "study_text"])
def test_calibrations_to_other_evidence__are_refused(what: str, worlds: Path, tmp_path: Path) -> None:
    says = {"evidence": "fitted to other trials", "weights": "its weights are not those of these trials"}
    for name in (MODEL, *rivals()):
        (tmp_path / name).symlink_to(worlds / name)
    (tmp_path / "skill_alone").unlink()
    fit = write_fit(tmp_path, "skill_alone")
    about = calibration_of(fit)
    with written_together(fit, "calibrate") as hidden:
        for name in (PATTERNS, POSTERIOR, EFFECTS):
            (hidden / name).write_bytes((fit / name).read_bytes())
        if what == "evidence":
            draws = pd.DataFrame({"bond.pull": [0.01, 0.02]})
            write_draws(hidden / POSTERIOR, draws, {**about, "evidence": "fedcba9876543210"})
        elif what == "weights":
            table = pd.read_parquet(fit / EFFECTS)
            write_parquet(table.assign(weight=1.0 / len(table)), hidden / EFFECTS)
        elif what == "ranges":
            table = pd.read_csv(fit / PATTERNS)
            write_csv(table.assign(accept_upper=table["accept_upper"] + 1.0), hidden / PATTERNS)
        write_json(about | ({what: "other"} if what == "study_text" else {}), hidden / PROVENANCE)
    with pytest.raises(UserInputError, match=says.get(what, what.replace("_", " "))):
        read_fits(tmp_path)


def calibration_of(folder: Path) -> dict[str, object]:
    """The provenance of a calibration, without checksums."""
    about = pd.read_json(folder / PROVENANCE, typ="series").to_dict()
    return {name: value for name, value in about.items() if name not in ("files", "checksum")}


def row_of(text: str, title: str) -> list[str]:
    """Cells of the first row of a table about a rival."""
    line = next(one for one in text.splitlines() if one.startswith(f"| {title} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_page__says_of_each_rival_what_the_tables_say(tables: RivalTables) -> None:
    text, n = page(tables), len(tables.history)
    names = telling(tables.history, "no_social_effect")["what"].tolist()
    rows = {name: row_of(text, one.title) for name, one in rivals().items()}
    assert [row[1].split()[0] for row in rows.values()] == [str(n - 2), str(n), str(n - 1), str(n)]
    assert f"*the model* | {n} (100 %) |" in text
    assert [name in rows["no_social_effect"][2] for name in names] == [True, True]
    assert rows["skill_alone"][2] == "none"
    for name, row in rows.items():
        joint = bayes_factors(tables.trials, name)[ALL]
        few = min(tables.trials.loc[0, [f"{one}_effective" for one in (MODEL, name)]]) < 20
        assert row[3] == f"{joint.log:+.1f} ± {joint.error:.1f}{' ‡' if few else ''}"
        assert row[5] == verdict(tables, name)
    assert rows["illness_makes_homes_critical"][4] == "none by itself"
    factors = bayes_factors(tables.trials, "no_social_effect")
    most = max(shipped_evidence().programmes, key=lambda one: factors[one].log)
    assert rows["no_social_effect"][4].startswith(most.replace("_", " "))
    assert text.count("†") == 1, "of which only the rule speaks, for all draws are recognised"
    assert "## What must not be concluded" in text


@pytest.mark.parametrize(("model", "rival", "is_so"), [(30, 30, False), (30, 19, True), (19, 30, True)])
def test_a_bayes_factor__is_called_rough_where_few_draws_of_either_carry_it(
    model: int, rival: int, is_so: bool, tables: RivalTables
) -> None:
    trials = tables.trials.assign(model_effective=model, skill_alone_effective=rival)
    assert ("‡" in row_of(page(tables._replace(trials=trials)), "Skill causes both")[3]) == is_so


def test_tables_of_the_page__have_every_programme_and_effect(tables: RivalTables) -> None:
    text = page(tables)
    factors = bayes_factors(tables.trials, "skill_alone")
    for programme, one in factors.items():
        row = row_of(text, "**all together**" if programme == ALL else programme.replace("_", " "))
        told = f"{one.log:+.1f} ± {one.error:.1f}"
        assert row[3] == (f"**{told}**" if one.strength else told)
    published, shown = tables.benefits["published"], tables.benefits["skill_alone_benefit"]
    inside = (published - shown).abs() < 1.96 * tables.benefits["error"]
    for row, met in zip(tables.benefits.to_dict("records"), inside, strict=True):
        line = next(one for one in text.splitlines() if f"`{row['effect']}`" in one)
        value = f"{row['skill_alone_benefit'] + 0.0:.2f}".replace("-0.00", "0.00")
        assert line.split(" | ")[5] == (f"**{value}**" if met else value)
    assert 0 < inside.sum() < len(inside)
    assert row_of(text, "within the interval")[5] == str(inside.sum())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no_social_effect", "told apart by natural history and trials (very strong evidence for the model)"),
        ("skill_alone", "told apart by trials (very strong evidence for the model)"),
        ("illness_makes_homes_critical", "**not told apart**"),
    ],
)
def test_verdicts__name_the_evidence(tables: RivalTables, name: str, says: str) -> None:
    assert verdict(tables, name) == says


def turned_round(tables: RivalTables) -> RivalTables:
    """The same where the model is the first rival, and that rival the model."""
    first = "no_social_effect"

    def swapped(table: pd.DataFrame) -> pd.DataFrame:
        names = {one: one.replace("model_", f"{first}_", 1) for one in table if one.startswith("model_")}
        return table.rename(columns=names | {new: old for old, new in names.items()})

    return RivalTables(*map(swapped, tables))


def test_evidence_for_a_rival__is_said_to_be_for_it(tables: RivalTables) -> None:
    other = turned_round(tables)
    assert verdict(other, "no_social_effect").endswith("trials (very strong evidence for the rival)")
    assert "; in range in the rival)" in row_of(page(other), "Ties have no effect")[2]
    assert "; in range in the rival)" not in page(tables)
    told = sentences(other)
    assert "favour rivals in which ties have no effect (-" in told
    assert "very strong) over it." in told


def test_two_sentences__say_what_tells_which_apart(tables: RivalTables) -> None:
    n, sized = len(tables.history), bayes_factors(tables.trials, "no_social_effect")[ALL]
    first, second = sentences(tables).split(". ")
    assert first == (
        "Natural history, to which all were [fitted alike](docs/rivals.md), distinguishes this model "
        f"({n} of {n} values in range) from rivals in which ties have no effect ({n - 2}) or only professionals help "
        f"({n - 1}), but not from rivals in which skill causes both ({n}) or illness makes homes critical ({n})"
    )
    assert second.startswith(
        "Log Bayes factors of randomised trials, given natural history, favour it over rivals in which ties have no "
        f"effect ({sized.log:+.1f} ± {sized.error:.1f}, very strong), skill causes both ("
    )
    assert ", and do not decide between it and a rival in which illness makes homes critical (+0.0 ± " in second
    assert second.endswith("; neither distinguishes it from a rival in which illness makes homes critical.")


def test_sentences__leave_out_what_is_so_of_no_rival(tables: RivalTables) -> None:
    model = {one: tables.history[one.replace("no_social_effect", MODEL)] for one in tables.history if
             one.startswith("no_social_effect_")}  # fmt: skip
    only = tables.history.drop(columns=tables.history.filter(regex="^(skill|therapy|illness)").columns)
    n = len(only)
    text = sentences(tables._replace(history=only.assign(**model)))
    assert f"does not distinguish this model ({n} of {n} values in range) from a rival in which ties" in text
    assert "but not" not in text
    assert "neither" not in text
    assert "but not" not in sentences(tables._replace(history=only))


def test_what_natural_history_tells_apart__is_not_said_to_be_told_apart_by_neither(tables: RivalTables) -> None:
    parts = ("log", "error", "effective", "draws", "recognised")
    alike = tables.trials.assign(**{f"no_social_effect_{one}": tables.trials[f"model_{one}"] for one in parts})
    text = sentences(tables._replace(trials=alike))
    assert "between it and rivals in which ties have no effect (+0.0 ± " in text
    assert text.endswith("; neither distinguishes it from a rival in which illness makes homes critical.")


@pytest.mark.skipif(NOT_SHIPPED, reason="rivals of this version of the model have not been compared yet")
def test_pages__say_of_rivals_what_the_shipped_tables_say() -> None:
    shipped = RivalTables.read(evidence_folder())
    assert PAGE.read_text("utf-8") == page(shipped), "run: python -m tools.rivals_page"
    assert sentences(shipped) in " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert {f"{name}_value" for name in rivals()} < set(shipped.history), "all rivals are compared"
