"""The scenarios that ship, and the ten programmes held against the table of Priebe et al. 2014."""

import pytest

from supportnet.sim.enums import Resource, Role
from supportnet.sim.scenario.files import shipped_programmes
from supportnet.sim.scenario.scenario import Scenario, library
from supportnet.sim.scenario.schema import Programme

# Priebe S, Omer S, Giacco D, Slade M (2014) Br J Psychiatry 204:256-261: resources besides social relationships,
# relationships, reciprocity, expert.
DECISION, KNOWLEDGE, STRENGTHS, LEISURE, ACTUALISING = Resource.words()
PROFESSIONAL, PEER, FRIEND, FAMILY = Role.words()
PUBLISHED = {
    "befriending": ({LEISURE}, {FRIEND}, "reciprocal", "not_stated"),
    "client_centred_therapy": ({DECISION, ACTUALISING}, {PROFESSIONAL}, "one_way", "patient"),
    "creative_music_therapy": ({DECISION, STRENGTHS, LEISURE}, {PROFESSIONAL, PEER}, "one_way", "not_stated"),
    "open_dialogue": ({DECISION}, {PROFESSIONAL, FRIEND, FAMILY}, "reciprocal", "patient"),
    "peer_support_workers": ({KNOWLEDGE}, {PEER}, "most_reciprocal_one_way", "peers"),
    "positive_psychotherapy": ({KNOWLEDGE, STRENGTHS}, {FRIEND, FAMILY}, "one_way", "patient"),
    "self_help_groups": ({KNOWLEDGE, LEISURE}, {PEER}, "reciprocal", "peers"),
    "solution_focused_therapy": ({DECISION, KNOWLEDGE, STRENGTHS}, {PROFESSIONAL, FAMILY}, "one_way", "patient"),
    "systemic_family_therapy": ({ACTUALISING}, {FAMILY}, "one_way", "professional"),
    "therapeutic_communities": ({DECISION, KNOWLEDGE}, {PROFESSIONAL, PEER}, "reciprocal", "everyone"),
}
POLICIES = {
    "smaller-caseloads",
    "continuity-of-staff",
    "open-boundaries",
    "shared-decisions",
    "peer-workforce",
    "family-work",
    "befriending-drive",
    "loss-of-services",
}


def rows() -> dict[str, Programme]:
    return Scenario.load("today").every_programme


def test_programmes__are_the_published_ten_in_their_order() -> None:
    read = {
        name: (set(row.resources), {role for role, n in row.uses.items() if n}, row.reciprocity, row.expert)
        for name, row in rows().items()
    }
    assert list(read.items()) == list(PUBLISHED.items())


def test_programmes__have_the_published_counts() -> None:
    ten = rows().values()
    assert [1 + len(row.resources) for row in ten] == [2, 3, 4, 2, 2, 3, 3, 4, 2, 3]  # social relationships in all
    assert [len(row.uses) for row in ten] == [1, 1, 2, 3, 1, 2, 1, 2, 1, 2]
    assert [sum(role in row.uses for row in ten) for role in Role.words()] == [5, 4, 3, 4]
    assert sum(row.reciprocity == "reciprocal" for row in ten) == 4


def test_programmes__are_delivered_as_published() -> None:
    ten = rows()
    assert [name for name, row in ten.items() if row.keeps_staff] == ["open_dialogue"]
    assert [name for name, row in ten.items() if row.non_verbal] == ["creative_music_therapy"]
    assert {name: row.network_share for name, row in ten.items() if row.network_share < 1} == {
        "positive_psychotherapy": 0.3
    }
    assert {name for name, row in ten.items() if row.group} == {
        "creative_music_therapy", "self_help_groups", "therapeutic_communities"
    }  # fmt: skip


def test_programmes__hold_what_is_done_and_never_an_effect() -> None:
    delivery = {"title", "format", "delivered_by", "facilitated", "non_verbal"}
    relationships = {"uses", "makes", "reciprocity", "expert", "keeps_staff", "network_share"}
    forms = {"group", "without_person"}
    dose = {"sessions_per_week", "weeks", "dose_source"}
    offer = {"capacity", "uptake", "cost_per_session", "coverage", "target", "start_week"}
    allowed = delivery | relationships | forms | dose | offer | {"resources"}
    assert set(Programme.model_fields) == allowed
    for name, row in shipped_programmes().items():
        assert set(row) <= allowed, name
        assert row["dose_source"], name


def test_library__has_today_for_each_preset_every_therapeutic_model_and_the_policies() -> None:
    names = set(library())
    presets = {Scenario.load(name).population.preset for name in ("today", "today-affective", "today-mixed")}
    assert presets == {"psychosis", "affective", "mixed"}
    assert {name.replace("_", "-") for name in PUBLISHED} <= names
    assert names >= POLICIES
    assert any(len(Scenario.load(name).calendar) > 1 for name in names)


@pytest.mark.parametrize("name", library())
def test_every_scenario_that_ships__says_what_it_assumes(name: str) -> None:
    scenario = Scenario.load(name)
    assert scenario.title not in ("", name)
    assert len(scenario.assumes.split()) >= 25
    assert "\n" not in scenario.assumes
    assert (scenario.weeks, scenario.population.patients) == (104, 500)
    assert scenario.root_services == Scenario.load("today").services


@pytest.mark.parametrize("programme", PUBLISHED)
def test_the_scenario_of_a_therapeutic_model__offers_that_model_alone(programme: str) -> None:
    scenario = Scenario.load(programme.replace("_", "-"))
    assert list(scenario.programmes) == [programme]
    assert scenario.programmes[programme].coverage == 0.3
    assert scenario.services == Scenario.load("today").services


def test_scenarios_that_ship__have_results_of_their_own_to_give() -> None:
    told = [str(Scenario.load(name).canonical()) for name in library()]
    assert len(set(told)) == len(told)
