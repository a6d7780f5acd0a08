"""What is answered, as JSON schemas: the stable names that programs may rely on. More may be added to an answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from provefirst.api.problems import KINDS
from provefirst.stages import Stage

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer"}
_TRUTH: Schema = {"type": "boolean"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_ANY: Schema = {"type": "object", "additionalProperties": True}
_ANYS: Schema = {"type": "array", "items": _ANY}
_MOMENT: Schema = {"type": "string", "description": "UTC, to the microsecond"}
_STAGE: Schema = {"type": "string", "enum": [stage.value for stage in Stage]}
_STATUS: Schema = {"type": "string", "enum": ["open", "held", "concluded"]}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(about: str, fields: Schema, *optional: str) -> Schema:
    required = [name for name in fields if name not in optional]
    return {"type": "object", "description": about, "properties": fields, "required": required}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _rows(about: str, of: Schema, after: Schema) -> Schema:
    return _object(about, {"rows": {"type": "array", "items": of}, "next": _maybe(after)})


_SUMMARY: Schema = {
    "key": _TEXT, "title": _TEXT, "owner": _TEXT, "status": _STATUS, "stage": _STAGE, "attempt": _WHOLE,
    "version": _WHOLE,
}  # fmt: skip
_GATE = _object("Whether the gate is open, and every reason why not.", {"open": _TRUTH, "reasons": _TEXTS})
_ENTRY = _object(
    "A line of the ledger.",
    {"initiative": _TEXT, "version": _WHOLE, "event": _TEXT, "actor": _TEXT, "at": _MOMENT, "data": _ANY,
     "previous": _TEXT, "digest": _TEXT},
)  # fmt: skip
_EVIDENCE = _object(
    "Evidence as submitted, and what the engine worked out of it.",
    {"kind": _TEXT, "stage": _STAGE, "attempt": _WHOLE, "by": _TEXT, "at": _MOMENT, "version": _WHOLE,
     "digest": _TEXT, "attachments": _ANY, "is_current": _TRUTH, "content": _ANY, "derived": _ANY},
)  # fmt: skip
_INITIATIVE = _object(
    "An initiative, as far as you may see it. `hidden` says what you will see later, and when.",
    {
        **_SUMMARY, "domain": _TEXT, "policy": _TEXT, "dossier": _TEXT, "opened_at": _MOMENT, "changed_at": _MOMENT,
        "parts": _ANY, "track": _ANYS, "gate": _ref("Gate"), "waiting": _ANYS, "evidence": _ANYS, "findings": _ANYS,
        "votes": _ANYS, "decisions": _ANYS, "conditions": _ANYS, "hold": _maybe(_ANY), "money": _ANY,
        "tranches": _ANYS, "deadline": _maybe(_ANY), "deadline_locked": _TEXTS, "earliest_deadline": _maybe(_TEXT),
        "conclusion": _maybe(_ANY), "stalls": {"type": "array"}, "hidden": _TEXTS,
        "amendments": _ANYS, "arrivals": _ANYS,
    },
)  # fmt: skip
_INPUT = _object(
    "One thing that is wrong with the input.",
    {"field": _TEXT, "value": {}, "allowed": _TEXT, "nearest": _maybe(_TEXT), "where": _maybe(_TEXT), "message": _TEXT},
)
_PROBLEM = _object(
    "What went wrong (RFC 9457).",
    {
        "type": {"type": "string", "enum": [f"urn:provefirst:problem:{kind}" for kind in KINDS]},
        "title": _TEXT,
        "status": _WHOLE,
        "detail": _TEXT,
        "reasons": _TEXTS,
        "problems": {"type": "array", "items": _ref("InputProblem")},
        "expected": _maybe(_WHOLE),
        "found": _WHOLE,
        "limit": _WHOLE,
        "code_needed": _TRUTH,
        "initiative": _TEXT,
    },
    "reasons", "problems", "expected", "found", "limit", "code_needed", "initiative",
)  # fmt: skip
_KNOWN = _object(
    "Somebody known here.",
    {"handle": _TEXT, "name": _TEXT, "roles": _TEXTS, "is_active": _TRUTH, "email": _maybe(_TEXT),
     "manager": _maybe(_TEXT), "cost_centre": _maybe(_TEXT), "expertise": _TEXTS},
    "email", "manager", "cost_centre", "expertise",
)  # fmt: skip
_ROW = _object(
    "An initiative as lists show it; money in minor units of its currency.",
    {**_SUMMARY, "domain": _TEXT, "currency": _TEXT, "requested": _WHOLE, "approved": _WHOLE, "released": _WHOLE,
     "spent": _WHOLE, "returned": _WHOLE, "opened_at": _MOMENT, "changed_at": _MOMENT, "outcome": _TEXT},
)  # fmt: skip

_MAYBE_NUMBER: Schema = {"type": ["number", "null"]}
_SPREAD = _object(
    "Days: the quartiles, and of how many.",
    {"n": _WHOLE, "low": _MAYBE_NUMBER, "median": _MAYBE_NUMBER, "high": _MAYBE_NUMBER},
)

SCHEMAS: Mapping[str, Schema] = MappingProxyType(
    {
        "Problem": _PROBLEM,
        "InputProblem": _INPUT,
        "Gate": _GATE,
        "Entry": _ENTRY,
        "Evidence": _EVIDENCE,
        "Initiative": _INITIATIVE,
        "Known": _KNOWN,
        "Memory": _object(
            "Lessons, how many there are in all, and how many with each value of each facet.",
            {"rows": {"type": "array", "items": _ANY}, "next": _maybe(_WHOLE), "total": _WHOLE, "facets": _ANY},
        ),
        "Publication": _object("The text of each file, by the file's name.", {"files": _ANY}),
        "Row": _ROW,
        "Done": _object("It is done.", {"done": _TRUTH}),
        "Acted": _object(
            "It is done: the initiative as it stands now, its gate, and the entries that say so.",
            {
                "done": _TRUTH,
                "initiative": _object("Where it stands.", {**_SUMMARY, "dossier": _TEXT}),
                "gate": _ref("Gate"),
                "entries": {"type": "array", "items": _ref("Entry")},
            },
        ),
        "Page": _rows("Initiatives.", _ref("Row"), _TEXT),
        "Entries": _rows("Entries in order.", _ref("Entry"), _WHOLE),
        "EvidenceList": _rows("Evidence, newest first.", _ref("Evidence"), _TEXT),
        "Candidates": _rows(
            "Who could review.", _object("Somebody.", {"handle": _TEXT, "knows": _TEXTS, "load": _WHOLE}), _TEXT
        ),
        "Lessons": _rows("Lessons.", _ANY, _TEXT),
        "Portfolio": _object(
            "What the portfolio has done; money in minor units.",
            {
                "days_to_no": _SPREAD,
                "days_to_yes": _SPREAD,
                "avoided": {"type": "array", "items": _ANY},
                "released": _ANY,
                "negatives_reused": _WHOLE,
            },
        ),
        "Production": _object(
            "What was claimed, what each period of production shows, and the verdict; money in minor units.",
            {
                "key": _TEXT,
                "claim": _maybe(_ANY),
                "production": _maybe(_ANY),
                "periods": _ANYS,
                "currency": _TEXT,
                "cost": _WHOLE,
                "value": _WHOLE,
                "alarm_at": {"type": "number"},
            },
        ),
        "Pulled": _object("What was fetched, or could not be: a line for each initiative.", {"pulled": _TEXTS}),
        "Imported": _object(
            "What a file of spending says, in minor units by initiative, and what is wrong with which line.",
            {"rows": _WHOLE, "totals": _ANY, "problems": _ANYS, "booked": _TRUTH},
        ),
        "Imbalances": _object("Accounts that hold anything else than their moves make.", {"imbalances": _TEXTS}),
        "Statement": _object(
            "Moves of money in double entry; minor units.",
            {
                "of": _TEXT,
                "currency": _TEXT,
                "since": _maybe(_TEXT),
                "until": _maybe(_TEXT),
                "total": _WHOLE,
                "balances": {"type": "array", "items": _ANY},
                "lines": {"type": "array", "items": _ANY},
            },
        ),
        "Forecasts": _object("By role.", {"roles": {"type": "array", "items": _ANY}}),
        "Scorecard": _object(
            "How somebody works. No outcome is in it.",
            {
                "person": _maybe(_TEXT),
                "team": _maybe(_TEXT),
                "people": _TEXTS,
                "total": _MAYBE_NUMBER,
                "questions": {"type": "array", "items": _ANY},
            },
        ),
        "People": _rows("Who is known here.", _ref("Known"), _TEXT),
        "Pools": _object(
            "What pools hold, in minor units, and the one that money comes from where none is named.",
            {"rows": {"type": "array", "items": _ANY}, "next": _maybe(_TEXT), "usual": _TEXT},
        ),
        "Policies": _object("The policy set in force.", {"digest": _TEXT, "gates": _ANY, "explained": _TEXTS}),
        "Uploaded": _object("A file that was stored.", {"digest": _TEXT, "size": _WHOLE}),
        "Me": _object(
            "Who you are here.",
            {
                "handle": _TEXT,
                "name": _TEXT,
                "roles": _TEXTS,
                "is_active": _TRUTH,
                "via": _TEXT,
                "token": _maybe(_TEXT),
                "scopes": _maybe(_TEXTS),
            },
        ),
        "Session": _object("A sign-in.", {"handle": _TEXT, "csrf": _TEXT, "ends_at": _maybe(_TEXT)}),
        "Listed": _rows("Rows.", _ANY, {"type": ["string", "integer"]}),
        "Told": _ANY,
    }
)
"""Every answer by its name."""
