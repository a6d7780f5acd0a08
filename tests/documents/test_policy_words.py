"""Policies are told in plain words, and every key of them is documented."""

import re
from pathlib import Path

from provefirst.documents import loading as documents
from provefirst.documents import policies
from provefirst.gates import GatePolicy, PolicySet
from provefirst.places import config_dir
from provefirst.stages import Stage
from tests.lifecycle.refusals import KNOWN

DOCS = Path(__file__).resolve().parents[2] / "docs" / "policies.md"


def changed(**gates: GatePolicy) -> PolicySet:
    """The shipped policies with some gates' replaced."""
    shipped = policies.load(config_dir() / "gates", KNOWN)
    return PolicySet(gates={**shipped.gates, **{Stage(stage): policy for stage, policy in gates.items()}})


def gate(text: str) -> GatePolicy:
    return documents.parse(text, GatePolicy, where="gate")


def test_a_gate_is_explained_in_a_sentence_and_what_it_frees_in_another():
    shipped = policies.explain(policies.load(config_dir() / "gates", KNOWN))
    assert (len(shipped), shipped[2], shipped[5]) == (
        7,
        "To leave replication: a replication_report; findings PF501 passed and PF502 passed (alpha 0.025); "
        "1 approval by a reviewer who is neither author nor product owner. It frees nothing.",
        "To leave release: an effort_estimate and a proposal; 2 approvals by board members who are neither author nor "
        "product owner. It frees the budget that the board approved and a deadline. Spending is told of from 80 "
        "per cent of it on.",
    )


def test_what_a_policy_leaves_open_is_said_as_plainly():
    loose = gate("""\
leaves: research
requires: {evidence: [research_dossier, tries], findings: {PF900: {accept: [passed, not_applicable], strict: true}}}
approvals: {role: ethics_reviewer, quorum: 1, independent_of: [author]}
unlocks: {exploration_cap: 500000}
""")
    assert policies.explain(changed(research=loose))[1] == (
        "To leave research: a research_dossier and tries; finding PF900 not applicable or passed (strict true); "
        "1 approval by an ethics reviewer who is not author. "
        "It frees up to 500,000 minor units for exploration."
    )


def test_the_same_policies_differ_in_nothing():
    assert policies.difference(changed(), changed()) == ()


def test_a_difference_is_told_gate_by_gate():
    new = changed(
        research=gate("""\
leaves: research
requires: {evidence: [proposal], findings: {PF301: {}}}
approvals: {role: reviewer, quorum: 2, independent_of: [author]}
unlocks: {exploration_cap: 100}
"""),
        replication=gate("""\
leaves: replication
requires: {evidence: [replication_report], findings: {PF502: {alpha: 0.05}}}
approvals: {role: reviewer, quorum: 1}
"""),
    )
    assert policies.difference(changed(), new) == (
        "The research gate also asks for a proposal.",
        "The research gate no longer asks for a research_dossier.",
        "The research gate also asks for finding PF301 passed.",
        "The research gate asks for 2 approvals by reviewers who are not author; "
        "so far: 1 approval by a reviewer who is neither author nor product owner.",
        "The research gate frees up to 100 minor units for exploration; so far: nothing.",
        "The replication gate no longer asks for finding PF501.",
        "The replication gate asks for finding PF502 passed (alpha 0.05); so far: passed (alpha 0.025).",
    )


def test_another_alarm_and_other_limits_are_a_difference():
    shipped = changed()
    loose = shipped.at(Stage.WATCH).model_copy(update={"watch": None})
    early = shipped.at(Stage.RELEASE).model_copy(update={"spending_alarm": 50})
    assert policies.difference(shipped, changed(watch=loose, release=early)) == (
        "The release gate has spending told of from 50 per cent of what was released on; so far: has spending told of "
        "from 80 per cent of what was released on.",
        "The watch gate lets production show anything beside its metric; so far: production show drifted inputs (AUC) "
        "at 0.75 at most, complaints a row at 0.02 at most, opt-outs a row at 0.02 at most and a group worse than "
        "others by 0.1 at most.",
    )


def test_every_policy_key_is_documented_and_none_that_there_is_not():
    documented = re.findall(r"^\| `([^`]+)` \|", DOCS.read_text(), flags=re.MULTILINE)
    assert documented == [help_.path for help_ in documents.explain(GatePolicy)]


def test_the_documentation_says_of_each_key_whether_it_is_required():
    rows = re.findall(r"^\| `([^`]+)` \| (yes|no)\b", DOCS.read_text(), flags=re.MULTILINE)
    assert rows == [(help_.path, "yes" if help_.is_required else "no") for help_ in documents.explain(GatePolicy)]


def test_the_documented_policy_is_the_shipped_one_and_is_explained_as_documented():
    text = DOCS.read_text()
    example = text.split("```yaml\n")[1].split("```")[0]
    shipped = policies.load(config_dir() / "gates", KNOWN)
    quoted = " ".join(
        re.search(r"^> To leave.*?(?=\n\n)", text, flags=re.DOTALL | re.MULTILINE)[0].replace("> ", "").split()
    )
    assert (gate(example), quoted) == (shipped.at(Stage.REPLICATION), policies.explain(shipped)[2])
