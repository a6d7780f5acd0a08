"""Pulling: production rows that the engine fetches itself, by SQL or as Parquet, as a file in the data folder says.

Whoever runs this machine writes `watch/KEY.yaml`; nobody else can make it fetch anything. What is fetched is judged
like what a data scientist brings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from pydantic import Field, model_validator

from provefirst.documents import loading as documents
from provefirst.errors import InvalidInputError, ProvefirstError, StorageError
from provefirst.lifecycle.act import Done, Refused
from provefirst.lifecycle.submitting import ATTACHMENT_LIMIT
from provefirst.lifecycle.watching import Period, next_day, observe
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import ENGINE
from provefirst.texts import KEY, Document, Prose, Word

FOLDER = "watch"
MOST = 1_000_000
"""Rows that one pull may bring."""


class Source(Document):
    """Where the rows of one initiative's production come from: a database and a query, or Parquet files."""

    every_days: int = Field(default=7, ge=1, le=366, description="a period; it is fetched once it is over")
    database: Word | None = Field(default=None, description="an SQLAlchemy URL; $NAME: an environment variable")
    query: Prose | None = Field(default=None, description="a SELECT of truth and prediction, with :since and :until")
    parquet: Word | None = Field(default=None, description="a URL or path; {since} and {until} stand for the days")
    groups: tuple[Word, ...] = Field(default=(), max_length=20)

    @model_validator(mode="after")
    def _one_of_both(self) -> Source:
        if (self.parquet is None) == (self.database is None) or (self.database is None) != (self.query is None):
            raise ValueError("either database and query, or parquet")
        if self.query is not None and not re.match(r"(?is)\s*(select|with)\b[^;]*;?\s*$", self.query):
            raise ValueError("query: one SELECT")
        return self


def pull_due(workspace: Workspace, *, now: datetime) -> tuple[str, ...]:
    """Fetch every period that is over; returns a line for each initiative that something was fetched or tried for."""
    return tuple(told for key, file in _sources(workspace) if (told := _pull(workspace, key, file, now)))


def _sources(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    folder = workspace.home / FOLDER
    for file in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        if KEY.fullmatch(file.stem):
            yield file.stem, file


def _pull(workspace: Workspace, key: str, file: Path, now: datetime) -> str:
    try:
        source = documents.read(file, Source)
        since = next_day(workspace.initiative(key))
        if since is None or (until := since + timedelta(days=source.every_days - 1)) >= now.date():
            return ""
        period = Period(since=since, until=until, groups=source.groups)
        answer = observe(workspace, key, period, fetch(source, since, until), by=ENGINE, source=f"pull {file.name}")
    except ProvefirstError as problem:
        return f"{key}: {problem}"
    if isinstance(answer, Refused):
        return f"{key}: {'; '.join(answer.reasons)}"
    assert isinstance(answer, Done)  # noqa: S101  # there is no third answer
    judged = answer.initiative.production
    return f"{key}: {judged.health.value if judged else ''} until {until.isoformat()}"


def fetch(source: Source, since: date, until: date) -> bytes:
    """The rows of one period, as a file."""
    return _parquet(source, since, until) if source.parquet else _selected(source, since, until)


def _parquet(source: Source, since: date, until: date) -> bytes:
    import fsspec

    place = _known(str(source.parquet)).replace("{since}", since.isoformat()).replace("{until}", until.isoformat())
    try:
        with fsspec.open(place, "rb") as file:
            content: bytes = file.read(ATTACHMENT_LIMIT + 1)
    except (OSError, ValueError, ImportError) as problem:
        raise StorageError(f"{source.parquet} can't be read: {type(problem).__name__}") from problem
    return content


def _selected(source: Source, since: date, until: date) -> bytes:
    import csv
    import io

    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    out = io.StringIO()
    try:
        engine = create_engine(_known(str(source.database)))
        with engine.connect() as connection:
            given = {"since": since.isoformat(), "until": until.isoformat()}
            rows = connection.execution_options(stream_results=True).execute(text(str(source.query)), given)
            writer = csv.writer(out)
            writer.writerow(rows.keys())
            for number, row in enumerate(rows):
                if number >= MOST:
                    raise InvalidInputError("query", number, f"at most {MOST} rows a period")
                writer.writerow(row)
            connection.rollback()
        engine.dispose()
    except SQLAlchemyError as problem:  # its message may hold the password
        raise StorageError(f"the query can't be run: {type(problem).__name__}") from problem
    return out.getvalue().encode()


def _known(text: str) -> str:
    """`text` with environment variables in place of $NAME."""

    def value(match: re.Match[str]) -> str:
        if (found := os.environ.get(match[1])) is None:
            raise InvalidInputError("source", f"${match[1]}", "an environment variable that is set")
        return found

    return re.sub(r"\$([A-Z][A-Z0-9_]*)", value, text)
