"""Examples of every body, by name: shown in the OpenAPI, and each tried by the tests."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_PROPOSAL = {
    "title": "Tell benign from malignant tumours",
    "problem": "Every biopsy is read twice, and the second reading takes a week.",
    "affected": "Patients who wait for their result.",
    "hypothesis": "Cell nuclei features tell benign from malignant in 93 of 100 cases.",
    "goal": {"metric": "accuracy", "value": 0.93, "why": "The second reading is as good."},
    "budget": "100000 EUR",
    "domain": "health",
}
_SCREEN = {
    "harms": ["A tumour is missed"],
    "groups": ["Older patients"],
    "personal_data": "pseudonymous",
    "discrimination_risk": "low",
    "safeguards": "A physician reads every image that the model is unsure about.",
}
_SOURCE = {
    "citation": "Street, Wolberg, Mangasarian 1993",
    "metric": "accuracy",
    "reported": 0.975,
    "rows": 569,
    "is_code_public": False,
    "is_data_public": True,
    "carries_over": "The same microscopes and the same staining.",
}
_BALLOT = {"choice": "go", "reason": "The method holds, and the figures are sealed ones."}
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_EVIDENCE: dict[str, dict[str, Any]] = {
    "proposal": _PROPOSAL,
    "ethics_screen": _SCREEN,
    "research_dossier": {"sources": [_SOURCE], "conclusion": "It was done before, on data like ours."},
    "replication_report": {
        "mode": "public_data",
        "original": _SOURCE,
        "method": "The published features, the published split, our own code.",
    },
    "preregistration": {
        "hypothesis": "Logistic regression reaches an accuracy of 0.93.",
        "metric": "accuracy",
        "goal": 0.93,
        "looks": 1,
        "candidates": ["logistic regression"],
        "model_class": "linear",
        "stopping_rule": "One look, whatever it shows.",
    },
    "tries": {"tries": [{"name": "logistic regression", "params": {"C": 1.0}, "predictions": _DIGEST, "seconds": 0.4}]},
    "analysis_report": {
        "summary": "No drift, no missing values, signal well beyond the baselines.",
        "model": "Logistic regression on ten features.",
        "limitations": "One hospital only.",
    },
    "explanation": {
        "method": "permutation importance",
        "top_features": ["radius", "texture"],
        "account": "Large and uneven nuclei speak for malignant.",
    },
    "effort_estimate": {
        "optimistic": 20,
        "likely": 40,
        "pessimistic": 90,
        "assumptions": "Two people, and the interface of the laboratory system as it is.",
    },
    "production_report": {
        "metric": "accuracy",
        "estimate": 0.95,
        "low": 0.93,
        "high": 0.97,
        "rows": 900,
        "since": "2027-03-01",
        "until": "2027-03-31",
    },
}

BODIES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        **{kind: {"document": document, "files": {}} for kind, document in _EVIDENCE.items()},
        "opening": {"proposal": _PROPOSAL, "screen": _SCREEN},
        "likening": {"proposal": _PROPOSAL},
        "difference": {"earlier": "PF-1", "difference": "Two more laboratories record it now, since last spring."},
        "review": {
            "review": {
                "summary": "Read in full, and computed again.",
                "strengths": "Sealed before anybody had access.",
                "weaknesses": "One hospital only.",
                "ratings": [{"criterion": "method", "score": 4, "comment": "Nothing to add."}],
                "has_conflict_of_interest": False,
                "ballot": _BALLOT,
            }
        },
        "method_review": {"summary": "Sealed before anybody had access.", "has_conflict_of_interest": False},
        "vote": {"ballot": _BALLOT},
        "said": {"reason": "The laboratory has confirmed it in writing."},
        "tranche": {"amount": "25000 EUR", "purpose": "Integration into the laboratory system"},
        "observing": {
            "period": {
                "since": "2027-03-01",
                "until": "2027-03-07",
                "groups": ["site"],
                "complaints": 2,
                "cost": "900 EUR",
                "value": "5000 EUR",
            },
            "rows": _DIGEST,
        },
        "terms": {"cost_centre": "analytics", "since": "2027-01-01", "until": "2027-12-31"},
        "rate": {
            "base": "EUR",
            "quote": "USD",
            "rate": "1.0845",
            "on": "2025-01-02",
            "source": "European Central Bank",
        },
        "transfer": {"source": "main", "target": "next-year", "amount": "5000 EUR", "reason": "Work goes on."},
        "expense": {"amount": "1200.50 EUR", "what": "Storage", "on": "2027-03-31"},
        "deadline": {"day": "2027-12-31"},
        "lesson": {
            "outcome": "not_feasible",
            "reasons": ["data_insufficient"],
            "lesson": "Five hundred rows can't tell 0.93 from 0.90.",
            "would_change_if": "Two thousand rows are there.",
        },
        "migration": {"reason": "The new policy asks for the drift check as well."},
        "credentials": {"name": "dana", "password": "a sentence that only I know"},
        "setting_up": {
            "secret": "of the link",
            "handle": "root",
            "name": "Ruth Root",
            "password": "a sentence of mine",
        },
        "accepting": {"secret": "of the link", "password": "a sentence that only I know"},
        "passwords": {"old": "a sentence that only I know", "new": "another one that only I know"},
        "code": {"code": "123456"},
        "token": {"name": "nightly report", "scopes": ["read"], "days": 90},
        "funding": {"amount": "1000000 EUR"},
        "person": {"handle": "dana", "name": "Dana Doe", "email": "dana@example.org", "roles": ["data_scientist"]},
        "policies": {"files": {"release.yaml": "leaves: release\nrequires: …\n"}},
        "declaration": {"has_conflict_of_interest": False, "reason": "I know nobody who works on it."},
        "emergency": {"verb": "resume", "reason": "The regulator moved the date forward."},
        "registration": {"name": "Biopsies 2019 to 2025", "target": "malignant", "identifier": "case"},
        "data_request": {
            "url": "s3://warehouse/exports/biopsies.parquet",
            "about": {"name": "Biopsies 2019 to 2025", "target": "malignant", "identifier": "case"},
        },
    }
)
