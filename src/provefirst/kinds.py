"""What each kind of evidence must hold, at which stages it may be submitted, and who writes it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from provefirst.evidence import (
    AnalysisReport,
    DataRegistration,
    EffortEstimate,
    EthicsScreen,
    Explanation,
    Kind,
    Lesson,
    Look,
    Preregistration,
    ProductionReport,
    Proposal,
    ReplicationReport,
    ResearchDossier,
    Tries,
)
from provefirst.people import Role
from provefirst.reviews import Review
from provefirst.stages import Stage
from provefirst.texts import Document

MODELS: Mapping[Kind, type[Document]] = MappingProxyType(
    {
        Kind.PROPOSAL: Proposal,
        Kind.ETHICS_SCREEN: EthicsScreen,
        Kind.RESEARCH_DOSSIER: ResearchDossier,
        Kind.REPLICATION_REPORT: ReplicationReport,
        Kind.PREREGISTRATION: Preregistration,
        Kind.DATA_REGISTRATION: DataRegistration,
        Kind.TRIES: Tries,
        Kind.LOOK: Look,
        Kind.ANALYSIS_REPORT: AnalysisReport,
        Kind.EXPLANATION: Explanation,
        Kind.EFFORT_ESTIMATE: EffortEstimate,
        Kind.REVIEW: Review,
        Kind.PRODUCTION_REPORT: ProductionReport,
        Kind.LESSON: Lesson,
    }
)
"""What each kind of evidence must hold."""

_S, _K = Stage, Kind
BELONGS_TO: Mapping[Kind, frozenset[Stage]] = MappingProxyType(
    {
        _K.PROPOSAL: frozenset({_S.PROPOSAL}),
        _K.ETHICS_SCREEN: frozenset({_S.PROPOSAL}),
        _K.RESEARCH_DOSSIER: frozenset({_S.RESEARCH}),
        _K.REPLICATION_REPORT: frozenset({_S.REPLICATION}),
        _K.PREREGISTRATION: frozenset({_S.DATA_ANALYSIS}),
        _K.DATA_REGISTRATION: frozenset({_S.DATA_ANALYSIS}),
        _K.TRIES: frozenset({_S.DATA_ANALYSIS}),
        _K.LOOK: frozenset({_S.DATA_ANALYSIS}),
        _K.ANALYSIS_REPORT: frozenset({_S.DATA_ANALYSIS}),
        _K.EXPLANATION: frozenset({_S.DATA_ANALYSIS}),
        _K.EFFORT_ESTIMATE: frozenset({_S.DATA_ANALYSIS, _S.REVIEW}),
        _K.REVIEW: frozenset(set(_S) - {_S.PROPOSAL}),
        _K.PRODUCTION_REPORT: frozenset({_S.WATCH}),
        _K.LESSON: frozenset(_S),
    }
)
"""At which stages a kind may be submitted."""

WRITTEN_BY: Mapping[Kind, Role] = MappingProxyType(
    {
        **dict.fromkeys(_K, Role.DATA_SCIENTIST),
        _K.PROPOSAL: Role.PRODUCT_OWNER,
        _K.ETHICS_SCREEN: Role.PRODUCT_OWNER,
        _K.DATA_REGISTRATION: Role.DATA_OWNER,
        _K.REVIEW: Role.REVIEWER,
    }
)
"""In which part a kind is written; a lesson may come from the product owner too (see `lifecycle.concluding`)."""
