"""Memory's tables: what each initiative is about, the words of lessons, and what would make one look again.

All are projections: written in the transaction of the entries they are made from, remade by `provefirst rebuild`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Column, Connection, Index, Text, delete, insert, select, text
from sqlmodel import Field

from provefirst.evidence import Kind
from provefirst.initiative import Initiative, Submission
from provefirst.ledger import Entry
from provefirst.store.database import dialect
from provefirst.store.tables import Base, InitiativeRow, LessonRow, table
from provefirst.store.work import Work

Row: TypeAlias = dict[str, Any]


def _prose() -> Column[str]:
    return Column(Text, nullable=False)


class SubjectRow(Base, table=True):
    """Projection: what an initiative is about, as its newest proposal says."""

    __tablename__ = "subject"
    __table_args__ = (Index("ix_subject_at", "at"),)

    initiative: str = Field(primary_key=True)
    version: int
    at: str
    title: str
    problem: str = Field(sa_column=_prose())
    affected: str = Field(sa_column=_prose())
    hypothesis: str = Field(sa_column=_prose())
    domain: str
    data_kind: str
    metric: str


class RevisitRow(Base, table=True):
    """Projection: one condition on which a lesson is to be looked at again, and, once it is met, when and why."""

    __tablename__ = "revisit"
    __table_args__ = (Index("ix_revisit_kind", "kind", "met_at"),)

    initiative: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    wanted: str
    name: str
    since: str
    met_at: str
    because: str = Field(sa_column=_prose())


_SUBJECT, _REVISIT, _LESSON, _INITIATIVE = (table(one) for one in (SubjectRow, RevisitRow, LessonRow, InitiativeRow))
WORDS = ("title", "lesson", "would_change_if", "problem", "hypothesis", "reasons", "domain")
"""What of a lesson can be found by its words."""

_COLUMNS = {"reasons": "replace(l.reasons, '_', ' ')", "problem": "s.problem", "hypothesis": "s.hypothesis"}
_AND_THEN = " || ' ' || "


def project_memory(connection: Connection, entries: Sequence[Entry], state: Initiative) -> None:
    """Bring `subject` and `revisit` up to `entries`, which led to `state`."""
    for entry in entries:
        match entry.event, entry.data.get("kind"):
            case "evidence.submitted", Kind.PROPOSAL.value:
                connection.execute(delete(_SUBJECT).where(_SUBJECT.c.initiative == entry.initiative))
                connection.execute(insert(_SUBJECT), _subject(entry))
            case "initiative.concluded", _:
                if rows := list(_revisits(entry, concluded_lesson(entry, state))):
                    connection.execute(insert(_REVISIT), rows)
            case "revisit.raised", _:
                is_it = (_REVISIT.c.initiative == entry.initiative) & (_REVISIT.c.kind == entry.data["condition"])
                met = {"met_at": entry.at, "because": entry.data["because"]}
                connection.execute(_REVISIT.update().where(is_it).values(met))


def concluded_lesson(entry: Entry, state: Initiative) -> Submission:
    """The lesson that an initiative was concluded with."""
    return next(s for s in reversed(state.submissions) if s.kind is Kind.LESSON and s.digest == entry.data["lesson"])


def index_words(connection: Connection, entries: Sequence[Entry]) -> None:
    """Make what `entries` concluded findable by its words."""
    for entry in entries:
        if entry.event == "initiative.concluded":
            _index(connection, entry.initiative)


def reindex_words(connection: Connection) -> None:
    """Make every lesson findable anew."""
    connection.execute(text("DELETE FROM lesson_words"))
    _index(connection, None)


def subjects(work: Work, *, after: str = "") -> tuple[Row, ...]:
    """What initiatives are about that were proposed (again) at `after` or later, in the order of time."""
    rows = _SUBJECT
    shown = (
        rows.c.initiative,
        rows.c.version,
        rows.c.at,
        rows.c.title,
        rows.c.problem,
        rows.c.affected,
        rows.c.hypothesis,
    )
    found = select(*shown, rows.c.domain).where(rows.c.at >= after).order_by(rows.c.at, rows.c.initiative)
    return tuple(dict(row) for row in work.connection.execute(found).mappings())


def matching(work: Work, words: Sequence[str], *, is_any: bool = False) -> tuple[Row, ...]:
    """The facets of every lesson that has all `words` (their stems), or any of them, best match first.

    Without a word: of every lesson, newest first.
    """
    facets = "l.initiative, l.outcome, l.reasons, l.domain, s.data_kind, s.metric"
    join = "FROM lesson l JOIN subject s ON s.initiative = l.initiative"
    newest = "l.concluded_at DESC, l.initiative DESC"
    if not words:
        found = text(f"SELECT {facets} {join} ORDER BY {newest}")
        return tuple(dict(row) for row in work.connection.execute(found).mappings())
    if dialect(work.connection) == "postgresql":
        query = "plainto_tsquery('english', :asked)"
        query = f"replace({query}::text, '&', '|')::tsquery" if is_any else query
        where = f"JOIN lesson_words w ON w.initiative = l.initiative WHERE w.words @@ {query}"
        rank, asked = f"ts_rank(w.words, {query}) DESC", " ".join(words)
    else:
        where = "JOIN lesson_words w ON w.initiative = l.initiative WHERE lesson_words MATCH :asked"
        rank, asked = (
            "bm25(lesson_words, 0, 4, 2, 2, 1, 1, 1, 1)",
            (" OR " if is_any else " ").join(f'"{word}"' for word in words),
        )
    found = text(f"SELECT {facets} {join} {where} ORDER BY {rank}, {newest}")
    return tuple(dict(row) for row in work.connection.execute(found, {"asked": asked}).mappings())


def lessons_of(work: Work, keys: Sequence[str]) -> dict[str, Row]:
    """Lessons by the initiative that taught them, with what it was about."""
    shown = (_SUBJECT.c.problem, _SUBJECT.c.affected, _SUBJECT.c.hypothesis, _SUBJECT.c.data_kind, _SUBJECT.c.metric)
    found = (
        select(_LESSON, *shown)
        .join(_SUBJECT, _SUBJECT.c.initiative == _LESSON.c.initiative)
        .where(_LESSON.c.initiative.in_(list(keys)))
    )
    rows = work.connection.execute(found).mappings()
    return {row["initiative"]: {**row, "reasons": json.loads(row["reasons"])} for row in rows}


def standing_of(work: Work, keys: Sequence[str]) -> dict[str, Row]:
    """Title, status, stage and outcome of initiatives, by key."""
    rows = _INITIATIVE
    found = select(rows.c.key, rows.c.title, rows.c.status, rows.c.stage, rows.c.outcome).where(rows.c.key.in_(keys))
    return {row["key"]: dict(row) for row in work.connection.execute(found).mappings()}


def revisits(work: Work, *, initiative: str = "", is_open: bool = False) -> tuple[Row, ...]:
    """Conditions on which lessons are to be looked at again: of one initiative, or those not met yet."""
    found = select(_REVISIT).order_by(_REVISIT.c.initiative, _REVISIT.c.kind)
    if initiative:
        found = found.where(_REVISIT.c.initiative == initiative)
    if is_open:
        found = found.where(_REVISIT.c.met_at == "")
    return tuple(dict(row) for row in work.connection.execute(found).mappings())


def reused(work: Work, key: str) -> tuple[Row, ...]:
    """Who built on the lesson of `key`: every initiative that said what is different now."""
    found = text("SELECT initiative, at, data FROM entry WHERE event = 'difference.stated' ORDER BY at, initiative")
    rows = [
        (row["initiative"], row["at"], json.loads(row["data"])) for row in work.connection.execute(found).mappings()
    ]
    return tuple(
        {"initiative": by, "at": at, "difference": d["difference"]} for by, at, d in rows if d["earlier"] == key
    )


def submitted_since(work: Work, kinds: Sequence[Kind], since: str) -> Iterator[Entry]:
    """Evidence of `kinds` that was submitted after `since`, anywhere."""
    from provefirst.store.work import entry_of

    signs = [f'%"kind":"{kind.value}"%' for kind in kinds]
    either = " OR ".join(f"data LIKE :kind{number}" for number in range(len(signs)))
    found = text(f"SELECT * FROM entry WHERE event = 'evidence.submitted' AND at > :since AND ({either}) ORDER BY at")
    given = {"since": since, **{f"kind{number}": sign for number, sign in enumerate(signs)}}
    for row in work.connection.execute(found, given).mappings():
        entry = entry_of(row)
        if entry.data["kind"] in {kind.value for kind in kinds}:
            yield entry


def _subject(entry: Entry) -> Row:
    said = entry.data["content"]
    kept = {name: said[name] for name in ("title", "problem", "affected", "hypothesis", "domain")}
    place = {"initiative": entry.initiative, "version": entry.version, "at": entry.at}
    return {**place, **kept, "data_kind": said.get("data_kind", "other"), "metric": said["goal"]["metric"]}


def _revisits(entry: Entry, lesson: Submission) -> Iterator[Row]:
    said = lesson.content
    place = {"initiative": entry.initiative, "since": entry.at, "met_at": "", "because": ""}
    if day := said.get("revisit_on"):
        yield {**place, "kind": "date", "wanted": day, "name": ""}
    if rows := said.get("revisit_rows"):
        yield {**place, "kind": "rows", "wanted": str(rows), "name": said["revisit_data"]}
    if source := said.get("revisit_source"):
        yield {**place, "kind": "source", "wanted": source, "name": ""}


def _index(connection: Connection, key: str | None) -> None:
    which = " WHERE l.initiative = :key" if key else ""
    columns = [_COLUMNS.get(name, f"l.{name}") for name in WORDS]
    if dialect(connection) == "postgresql":
        names, values = "words", f"to_tsvector('english', {_AND_THEN.join(columns)})"
    else:
        names, values = ", ".join(WORDS), ", ".join(columns)
    source = f"FROM lesson l JOIN subject s ON s.initiative = l.initiative{which}"
    statement = text(f"INSERT INTO lesson_words (initiative, {names}) SELECT l.initiative, {values} {source}")
    connection.execute(statement, {"key": key} if key else {})
