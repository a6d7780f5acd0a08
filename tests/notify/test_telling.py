"""People are told by real mail what waits for them and what happened: that, never what, and only what they may know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from provefirst.evidence import Kind
from provefirst.lifecycle import conflicts, organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.reminders import PATIENCE, raise_due
from provefirst.lifecycle.reviewing import vote
from provefirst.lifecycle.submitting import submit
from provefirst.notify import wishes
from provefirst.notify.calendar import calendar_of
from provefirst.notify.delivering import tell_due
from provefirst.notify.topics import Topic, asked
from provefirst.stages import Stage
from provefirst.store.retries import BACK_OFF
from tests.lifecycle.test_escalating import paced
from tests.notify.conftest import Mailbox, with_mail
from tests.world import INTEREST, World, ballot, done, dossier, replication

Tell = Callable[[], int]


def test_whose_turn_it_is_is_told_and_whoever_did_it_is_not(mailed: World, mailbox: Mailbox, tell: Tell) -> None:
    key = mailed.open(title="Sort letters by concern")
    assert tell() == 1
    assert mailbox.texts() == {"ella": ["- waits for you: your vote"]}
    recipient, message = mailbox.got[0]
    assert recipient == "ella@example.org"
    assert message["subject"] == f"provefirst: {key} Sort letters by concern: your vote"
    assert f"http://127.0.0.1:8000/initiatives/{key}" in message.as_string()
    assert tell() == 0


def test_it_is_told_alike_on_both_databases(any_world: World, mailbox: Mailbox) -> None:
    world = with_mail(any_world, mailbox)
    key = world.bring_to(world.open(), Stage.REPLICATION)
    wishes.choose(world.workspace, {Topic.EVIDENCE: "daily"}, by="olga")
    wishes.choose(world.workspace, {Topic.MONEY: "never"}, by="olga")
    assert tell_due(world.workspace, world.clock.now) > 0
    assert "- waits for you: replication report to be submitted" in mailbox.texts()["dana"]
    mailbox.refuses = True
    done(submit(world.workspace, key, Kind.REPLICATION_REPORT, replication(), by="dana"))
    assert tell_due(world.workspace, world.clock.now) == 0
    mailbox.refuses = False
    mailbox.got.clear()
    world.clock.now += BACK_OFF[0]
    assert tell_due(world.workspace, world.clock.now) > 0
    assert mailbox.texts()["rita"] == ["- waits for you: your review"]
    secret = wishes.new_calendar(world.workspace, by="olga")
    assert calendar_of(world.workspace, secret) is not None


def test_what_happened_is_told_to_those_who_have_a_part(mailed: World, mailbox: Mailbox, tell: Tell) -> None:
    key = mailed.open()
    tell()
    mailbox.got.clear()
    done(mailed.approve(key))
    tell()
    found = mailbox.texts()
    assert found["olga"] == ["- the proposal gate is open", "- it was decided at proposal"] or found["olga"] == [
        "- it was decided at proposal",
        "- the proposal gate is open",
    ]
    assert found["dana"] == ["- waits for you: research dossier to be submitted"]
    assert set(found) == {"olga", "dana", "dirk", "ella"}


def test_what_is_wanted_once_a_day_comes_together_at_its_hour(mailed: World, mailbox: Mailbox, tell: Tell) -> None:
    key = mailed.bring_to(mailed.open(), Stage.RESEARCH)
    wishes.choose(mailed.workspace, {Topic.PROGRESS: "daily", Topic.EVIDENCE: "daily"}, by="olga")
    tell()
    mailbox.got.clear()
    done(submit(mailed.workspace, key, Kind.RESEARCH_DOSSIER, dossier(), by="dana"))
    done(mailed.approve(key, "rita"))
    tell()
    assert "olga" not in mailbox.texts()
    mailed.clock.now = mailed.clock.now.replace(hour=6, minute=59) + timedelta(days=1)
    tell()
    assert "olga" not in mailbox.texts()
    mailed.clock.now += timedelta(minutes=1)
    mailbox.got.clear()
    tell()
    told = mailbox.texts()["olga"]
    assert "- evidence was submitted: research dossier" in told
    assert "- the research gate is open" in told
    assert [recipient for recipient, _ in mailbox.got].count("olga@example.org") == 1


def test_nobody_is_told_what_they_do_not_want_to_hear(mailed: World, mailbox: Mailbox, tell: Tell) -> None:
    wishes.choose(mailed.workspace, dict.fromkeys(Topic, "never"), by="ella")
    mailed.open()
    assert tell() == 0
    assert mailbox.got == []


def test_a_peer_learns_nothing_from_a_message_before_judging_the_method(
    mailed: World, mailbox: Mailbox, tell: Tell
) -> None:
    for who in ("rita", "rolf"):
        wishes.choose(mailed.workspace, dict.fromkeys(Topic, "now"), by=who)
    key = mailed.bring_to(mailed.open(), Stage.REVIEW)
    tell()
    mailbox.got.clear()
    done(conflicts.declare(mailed.workspace, key, INTEREST, by="rolf"))
    done(mailed.approve(key, "rita"))
    tell()
    told = mailbox.texts().get("rolf", [])
    assert [line for line in told if "evidence" in line or "decided" in line or "1 of" in line] == []


def test_a_reminder_reaches_whom_it_is_for(mailed: World, mailbox: Mailbox, tell: Tell) -> None:
    mailed.open()
    tell()
    mailbox.got.clear()
    mailed.clock.pass_days(PATIENCE.days)
    assert raise_due(mailed.workspace, now=mailed.clock()) == 1
    tell()
    assert mailbox.texts() == {"ella": ["- still: your vote"]}


def test_what_is_put_before_somebody_else_reaches_them_and_the_product_owner(
    mailed: World, mailbox: Mailbox, tell: Tell
) -> None:
    assert organisation.adopt(mailed.workspace, paced(after_days=2, escalate_after_days=2), by="root") is None
    mailed.open()
    tell()
    mailbox.got.clear()
    mailed.clock.pass_days(2)
    raise_due(mailed.workspace, now=mailed.clock())
    tell()
    late = ["- it has waited too long: somebody has to see to it"]
    assert mailbox.texts() == {"ella": ["- still: your vote"], "olga": late, "root": late}


def test_mail_that_is_not_taken_waits_and_goes_out_once_later(mailed: World, mailbox: Mailbox, tell: Tell) -> None:
    mailed.open()
    mailbox.refuses = True
    assert tell() == 0
    problem = wishes.wishes(mailed.workspace, by="ella").problems[0]["problem"]
    assert problem
    mailbox.refuses = False
    assert tell() == 0
    mailed.clock.now += BACK_OFF[0]
    assert tell() == 1
    assert wishes.wishes(mailed.workspace, by="ella").problems == ()
    assert len(mailbox.got) == 1


def test_a_mail_server_that_is_gone_fails_no_verb_and_is_given_up_on_at_last(
    mailed: World, mailbox: Mailbox, tell: Tell
) -> None:
    mailed.open()
    mailbox.refuses = True
    tell()
    for pause in BACK_OFF:
        mailed.clock.now += pause
        tell()
    mailbox.refuses = False
    mailed.clock.pass_days(9)
    assert (tell(), mailbox.got) == (0, [])
    assert len(wishes.wishes(mailed.workspace, by="ella").problems) == 1


def test_nothing_is_told_of_what_was_rolled_back(mailed: World, mailbox: Mailbox, tell: Tell) -> None:
    key = mailed.open()
    tell()
    mailbox.got.clear()
    assert isinstance(vote(mailed.workspace, key, ballot(), by="dana"), Refused)
    assert (tell(), mailbox.got) == (0, [])


def test_who_has_left_is_told_nothing_more(mailed: World, mailbox: Mailbox, tell: Tell) -> None:
    with mailed.workspace.store.reading() as work:
        gone = work.person("ella").model_copy(update={"is_active": False})
    mailed.open()
    assert organisation.add_person(mailed.workspace, gone, by="root") is None
    assert (tell(), mailbox.got) == (0, [])


def test_a_title_cannot_put_a_head_or_a_second_reader_into_a_mail(mailed: World, mailbox: Mailbox, tell: Tell) -> None:
    title = "Sizes <b>x</b> Bcc: eve@example.org %0aCc:eve@example.org"
    mailed.open(title=title)
    tell()
    ((recipient, message),) = mailbox.got
    assert recipient == "ella@example.org"
    assert message["subject"] == f"provefirst: PF-1 {title}: your vote"
    assert (message["bcc"], message["cc"]) == (None, None)


@pytest.mark.parametrize(
    "address",
    [
        "json://127.0.0.1/", "syslog://", "file:///etc/passwd", "slack://x", "mailto://a@b.example",
        "msteams://a/b/c?template=/etc/passwd", "nothing at all", "", "discord://a/b c", "tgram://",
    ],
)  # fmt: skip
def test_an_address_that_could_lead_inside_or_nowhere_is_refused(mailed: World, address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        wishes.add(mailed.workspace, address, by="olga")
    assert wishes.wishes(mailed.workspace, by="olga").channels == ()


def test_an_address_of_ones_own_lies_encrypted_and_only_its_owner_takes_it_away(mailed: World) -> None:
    secret = "4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
    assert wishes.add(mailed.workspace, f"discord://{secret}", by="olga") is None
    (row,) = wishes.wishes(mailed.workspace, by="olga").channels
    assert row["name"] == "discord"
    assert secret not in row["address"]
    assert isinstance(wishes.remove(mailed.workspace, row["id"], by="dana"), Refused)
    assert isinstance(wishes.try_out(mailed.workspace, row["id"], by="dana"), Refused)
    assert wishes.remove(mailed.workspace, row["id"], by="olga") is None
    assert wishes.wishes(mailed.workspace, by="olga").channels == ()


def test_a_message_can_be_tried_out(mailed: World, mailbox: Mailbox) -> None:
    assert wishes.try_out(mailed.workspace, "email", by="olga") is None
    assert mailbox.got[0][0] == "olga@example.org"
    mailbox.refuses = True
    refused = wishes.try_out(mailed.workspace, "email", by="olga")
    assert isinstance(refused, Refused)
    assert refused.reasons[0].startswith("it was not taken")


@pytest.mark.parametrize("topics", [{"turn": "sometimes"}, {"trun": "now"}])
def test_a_wish_that_there_is_not_is_refused(mailed: World, topics: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="one of"):
        wishes.choose(mailed.workspace, topics, by="olga")


@pytest.mark.parametrize(
    ("role", "what", "said"),
    [
        ("reviewer", "1 of 2 approvals still to be given", "your review"),
        ("reviewer", "1 of 2 approvals", "your review"),
        ("board_member", "2 of 2 approvals still to be given", "your vote"),
        ("board_member", "to clear: 3 of 4 approvals by the union", "a condition to be cleared"),
        ("reviewer", "on hold: until AUC is above .71", "a hold to be looked at"),
        ("data_scientist", "effort_estimate to be submitted", "effort estimate to be submitted"),
        ("data_scientist", "PF301: failed (accuracy 0.4)", "PF301 keeps the gate closed"),
    ],
)
def test_what_is_asked_tells_neither_votes_nor_figures(role: str, what: str, said: str) -> None:
    assert asked(role, what) == said
