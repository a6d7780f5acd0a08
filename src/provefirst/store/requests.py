"""Requests that were answered: kept with what they wrote, so that one sent again gets the same answer and no more."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Integer, LargeBinary, delete, select, text, update
from sqlmodel import Field

from provefirst.store.tables import Base, table
from provefirst.store.work import Work


class RequestRow(Base, table=True):
    """A write with an idempotency key: what was asked by its digest, and how it was answered."""

    __tablename__ = "request"
    __table_args__ = (Index("ix_request_at", "at"),)

    person: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    asked: str
    at: str
    status: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    headers: str = ""
    body: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))


class UploadRow(Base, table=True):
    """A file that somebody uploaded: whoever did may attach it, and nobody who merely knows its digest."""

    __tablename__ = "upload"

    person: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    size: int = Field(sa_type=BigInteger)
    at: str


_REQUEST, _UPLOAD = table(RequestRow), table(UploadRow)
_CLAIM = text(
    "INSERT INTO request (person, key, asked, at, status, headers, body) "
    "VALUES (:person, :key, :asked, :at, 0, '', :body) ON CONFLICT (person, key) DO NOTHING"
)
_UPLOADED = text(
    "INSERT INTO upload (person, digest, size, at) VALUES (:person, :digest, :size, :at) "
    "ON CONFLICT (person, digest) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """How a request was answered. `status` is 0 where the answer held a secret, and was not kept."""

    asked: str
    status: int
    headers: str
    body: bytes


def claim(work: Work, person: str, key: str, asked: str, at: str) -> Kept | None:
    """Take `key` for this transaction, or the answer to whoever had it first. Of two at once, the second waits."""
    given = {"person": person, "key": key, "asked": asked, "at": at, "body": b""}
    if work.connection.execute(_CLAIM, given).rowcount:
        return None
    return answered(work, person, key)


def answered(work: Work, person: str, key: str) -> Kept | None:
    """How a request was answered under `key`; None where there was none."""
    row = work.connection.execute(select(_REQUEST).where(*_is(person, key))).mappings().one_or_none()
    return Kept(row["asked"], row["status"], row["headers"], bytes(row["body"])) if row else None


def keep(work: Work, person: str, key: str, *, status: int, headers: str, body: bytes) -> None:
    """Write how the request under `key` is answered."""
    answer = {"status": status, "headers": headers, "body": body}
    work.connection.execute(update(_REQUEST).where(*_is(person, key)).values(**answer))


def forget(work: Work, before: str) -> None:
    """Let go of answers given before then: nobody repeats a request for that long."""
    work.connection.execute(delete(_REQUEST).where(_REQUEST.c.at < before))


def note_upload(work: Work, person: str, digest: str, size: int, at: str) -> None:
    """Remember that `person` uploaded the file with `digest`."""
    work.connection.execute(_UPLOADED, {"person": person, "digest": digest, "size": size, "at": at})


def uploaded(work: Work, person: str, digests: frozenset[str]) -> frozenset[str]:
    """Those of `digests` that `person` uploaded."""
    found = select(_UPLOAD.c.digest).where(_UPLOAD.c.person == person, _UPLOAD.c.digest.in_(sorted(digests)))
    return frozenset(work.connection.execute(found).scalars())


def _is(person: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return (_REQUEST.c.person == person, _REQUEST.c.key == key)
