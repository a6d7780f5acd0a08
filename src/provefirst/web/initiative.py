"""An initiative: the track of gates first, then what is missing, who must act and what is locked, then all the rest."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from provefirst.ledger import Entry
from provefirst.lifecycle.entry_words import sentence
from provefirst.lifecycle.facts import Facts
from provefirst.people import Verb
from provefirst.store import outbox
from provefirst.web.burnup import burn_up
from provefirst.web.live import checking_on
from provefirst.web.possible import doors, may
from provefirst.web.production import production
from provefirst.web.render import page
from provefirst.web.route import pages
from provefirst.web.sight import Seen, seen

router = pages()
NEWEST, HISTORY, RUNS, REPLACED = 8, 200, 20, 12
_TOLD = ("warning", "failed", "crashed")
SAID = {
    "opened": "It is open. Its budget is asked for and locked.",
    "submitted": "Submitted. The engine measures it as soon as the evidence of the stage is complete.",
    "registered": "Registered and sealed. Nobody is given the answers of the sealed rows.",
    "looked": "Scored on the sealed set. The look is spent.",
    "declared": "Your declaration is in.",
    "method": "Your method review is in: results are shown from now on.",
    "reviewed": "Your review is in, and with it your vote.",
    "voted": "Your vote is in.",
    "decided": "The decision is taken.",
    "resumed": "The hold is lifted.",
    "cleared": "The condition is cleared.",
    "released": "The tranche is released.",
    "spent": "The spending is recorded.",
    "deadline": "The deadline is set.",
    "answered": "It is said what is different now. The gate no longer waits for it.",
    "migrated": "It stands under the policy in force. What was voted before counts no longer.",
    "reported": "The production report is in. The engine measures it, and the watch gate is asked.",
    "thawed": "Money may move again. What was observed before is judged no more.",
    "concluded": "How it ends is proposed, with its lesson.",
}
"""What is said on top after something was done."""


@router.get("/initiatives/{key}")
def initiative(request: Request, found: Annotated[Seen, Depends(seen)], did: str = "") -> Response:
    facts = found.facts
    is_measuring = _is_measuring(facts)
    newest = [_line(entry, found) for entry in reversed(found.view.entries[-NEWEST:])]
    return page(
        request, "initiative.html", visitor=found.visitor, seen=found, facts=facts, doors=doors(found),
        said=SAID.get(did, ""), findings=_sorted(facts["findings"]), newest=newest, reviews=_reviews(found),
        may_clear=may(found, Verb.CLEAR), is_measuring=is_measuring, runs=_runs(found),
        prefect=request.app.state.site.prefect, evidence=_evidence(facts), burnt=burn_up(found),
        watched=production(found),
        checking=checking_on(found.workspace, found.key) if is_measuring else None,
    )  # fmt: skip


@router.get("/initiatives/{key}/history")
def history(
    request: Request,
    found: Annotated[Seen, Depends(seen)],
    about: str = "",
    by: Annotated[str, Query(max_length=40)] = "",
    before: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> Response:
    """Every entry, newest first; by what it is about and by whom."""
    topics = sorted({entry.event.partition(".")[0] for entry in found.view.entries})
    chosen = [
        entry
        for entry in reversed(found.view.entries)
        if (not about or entry.event.partition(".")[0] == about)
        and by in ("", entry.actor)
        and (not before or entry.version < before)
    ]
    return page(
        request, "history.html", visitor=found.visitor, seen=found, about=about, by=by, topics=topics,
        lines=[_line(entry, found) for entry in chosen[:HISTORY]],
        actors=sorted({entry.actor for entry in found.view.entries}), is_cut=len(chosen) > HISTORY,
    )  # fmt: skip


def _line(entry: Entry, found: Seen) -> dict[str, Any]:
    """An entry as a sentence. Where its particulars are hidden, that is what is said."""
    hidden = entry.data.get("hidden")
    said = f"{entry.event.replace('.', ' ').replace('_', ' ')} ({hidden})" if hidden else _sentence(entry, found)
    return {"version": entry.version, "by": entry.actor, "at": entry.at, "said": said, "digest": entry.digest}


def _sentence(entry: Entry, found: Seen) -> str:
    if entry.event == "findings.recorded":
        levels = Counter(one["level"].replace("_", " ") for one in entry.data["findings"])
        counts = ", ".join(f"{count} {level}" for level, count in levels.most_common())
        return f"measured at {entry.data['stage'].replace('_', ' ')}: {counts}"
    try:
        said = sentence(entry, found.state.books.currency)
    except (KeyError, TypeError):  # an event that is younger than its words
        said = entry.event
    if entry.event == "evidence.submitted":
        said = said.replace(entry.data["kind"], entry.data["kind"].replace("_", " "), 1)
    return said.replace("_", " ") if said == entry.event else said


def _sorted(findings: list[Facts]) -> dict[str, list[Facts]]:
    """Findings by how much they matter: asked for by a gate, worth a look, the rest."""
    asked = [one for one in findings if one["required_by"]]
    noted = [one for one in findings if not one["required_by"] and one["level"] in _TOLD]
    rest = [one for one in findings if not one["required_by"] and one["level"] not in _TOLD]
    return {"asked": asked, "noted": noted, "rest": rest}


def _reviews(found: Seen) -> list[dict[str, Any]]:
    return [
        {"by": one.by, "stage": one.stage.value, "at": one.at, "version": one.version, **dict(one.content)}
        for one in found.reviews()
    ]


def _evidence(facts: Facts) -> tuple[list[Facts], int]:
    """What counts and every review, newest first, with the newest of what was replaced; and how many are left out."""
    counts = [one["is_current"] or one["kind"] == "review" for one in facts["evidence"]]
    replaced = [place for place, is_counted in enumerate(counts) if not is_counted]
    left_out = set(replaced[:-REPLACED])
    shown = [one for place, one in enumerate(facts["evidence"]) if place not in left_out]
    return shown[::-1], len(left_out)


def _runs(found: Seen) -> list[dict[str, Any]]:
    """The engine's runs, newest first. How they ended tells what was measured: it is for those who may know that."""
    if not found.sees_results:
        return []
    with found.workspace.store.reading() as work:
        rows = outbox.of_initiative(work, found.key)
    return [dict(row) for row in reversed(rows[-RUNS:])]


def _is_measuring(facts: Facts) -> bool:
    """Whether the engine is at work: then the page looks again by itself, where a script may run."""
    return any(one["role"] is None for one in facts["waiting"])
