"""The shipped settings, policies and rubrics are whole, and say what the design says."""

import re
import tomllib
from itertools import pairwise

import pytest

from provefirst.documents import policies, rubrics
from provefirst.documents.rubrics import Rubric
from provefirst.money import known_currency
from provefirst.places import config_dir
from provefirst.stages import ORDER, Stage
from provefirst.texts import key

SETTINGS = config_dir() / "provefirst.toml"
GATES = config_dir() / "gates"
RUBRICS = config_dir() / "rubrics"


def test_no_budget_is_freed_before_release_and_no_deadline_either():
    shipped = policies.load(GATES)
    freed = {
        stage: (policy.unlocks.exploration_cap, policy.unlocks.deadline) for stage, policy in shipped.gates.items()
    }
    assert freed == {stage: (0, stage is Stage.RELEASE) for stage in ORDER}


def test_nobody_approves_what_they_wrote_or_asked_for():
    shipped = policies.load(GATES)
    assert {policy.approvals.independent_of for policy in shipped.gates.values()} == {("author", "product_owner")}


def test_the_shipped_gates_ask_for_what_the_design_says():
    asked = {
        stage.value: (
            " ".join(kind.value for kind in policy.requires.evidence),
            {code: dict(rule.parameters) for code, rule in policy.requires.findings.items()},
            policy.approvals.role.value,
            policy.approvals.quorum,
        )
        for stage, policy in policies.load(GATES).gates.items()
    }
    assert asked == {
        "proposal": ("proposal ethics_screen", {}, "ethics_reviewer", 1),
        "research": ("research_dossier", {}, "reviewer", 1),
        "replication": ("replication_report", {"PF501": {}, "PF502": {"alpha": 0.025}}, "reviewer", 1),
        "data_analysis": (
            "preregistration data_registration look analysis_report explanation effort_estimate",
            {"PF300": {}, "PF301": {}},
            "reviewer",
            1,
        ),
        "review": ("review effort_estimate", {}, "reviewer", 2),
        "release": ("effort_estimate proposal", {}, "board_member", 2),
        "watch": ("production_report", {"PF701": {}}, "reviewer", 1),
    }


@pytest.mark.parametrize("stage", [stage.value for stage in ORDER])
def test_each_policy_begins_with_a_sentence_that_says_why(stage):
    comment = re.match(r"(# .+\n)+", (GATES / f"{stage}.yaml").read_text())
    assert comment is not None
    assert comment[0].rstrip().endswith(".")


def test_no_settings_are_without_an_explanation():
    lines = pairwise(SETTINGS.read_text().splitlines())
    assert [line for before, line in lines if re.match(r"\w+ =", line) and before[:2] != "# "] == []


def test_the_settings_hold_the_documented_defaults():
    assert tomllib.loads(SETTINGS.read_text()) == {
        "storage": {
            "home": ".provefirst",
            "database_url": "sqlite:///{home}/provefirst.db",
            "blobs_url": "{home}/blobs",
        },
        "initiatives": {"key_prefix": "PF", "pool": "main", "currency": "EUR"},
        "prefect": {"mode": "embedded", "port": 4200},
        "web": {
            "host": "127.0.0.1",
            "port": 8000,
            "url": "",
            "hosts": [],
            "trusted_proxies": [],
            "cors_origins": [],
            "requests_per_minute": 1200,
            "api_docs": False,
        },
        "data": {"places": [], "private_hosts": [], "largest": 50 * 2**30, "minutes": 30},
        "notify": {
            "email": "",
            "services": ["slack", "msteams", "discord", "tgram", "gchat", "pover"],
            "digest_hour": 7,
        },
        "memory": {"similarity": "words"},
    }


def test_the_default_prefix_makes_a_key_and_the_default_currency_is_one():
    initiatives = tomllib.loads(SETTINGS.read_text())["initiatives"]
    assert (key(f"{initiatives['key_prefix']}-1"), known_currency(initiatives["currency"])) == ("PF-1", "EUR")


def test_a_criterion_that_stands_twice_in_a_rubric_is_refused():
    line = {"name": "Data", "question": "Is it there?", "is_blind": True, "anchors": ("none", "some", "most", "all")}
    with pytest.raises(ValueError, match="each criterion once: Data"):
        Rubric.model_validate({"title": "Twice", "stages": ["review"], "criteria": (line, line)})


def test_every_stage_that_peers_review_has_one_rubric():
    stages = [stage for rubric in rubrics.load(RUBRICS) for stage in rubric.stages]
    assert sorted(stages) == sorted(stage for stage in ORDER if stage is not Stage.PROPOSAL)


def test_a_stage_finds_its_rubric():
    shipped = rubrics.load(RUBRICS)
    titles = [rubric.title if (rubric := rubrics.for_stage(shipped, stage)) else None for stage in ORDER[:3]]
    assert titles == [None, "Review of an initiative's evidence", "Review of a replication"]


def test_the_method_is_rated_before_the_result_is_shown():
    for rubric in rubrics.load(RUBRICS):
        blind = [criterion.is_blind for criterion in rubric.criteria]
        assert blind == sorted(blind, reverse=True)
        assert {len(criterion.anchors) for criterion in rubric.criteria} == {4}
