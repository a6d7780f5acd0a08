"""People, their roles, what they can do here, and which roles are a part on an initiative."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from provefirst.texts import Document, Line, Word, handle, with_article

ENGINE = "engine"
"""The actor of what the engine itself writes: findings it measured, gates it opened, reminders."""


class Role(StrEnum):
    """What a person may be called on to do."""

    PRODUCT_OWNER = "product_owner"
    DATA_SCIENTIST = "data_scientist"
    DATA_OWNER = "data_owner"
    REVIEWER = "reviewer"
    BOARD_MEMBER = "board_member"
    ETHICS_REVIEWER = "ethics_reviewer"
    AUDITOR = "auditor"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")

    @property
    def with_article(self) -> str:
        """The label as it stands in a sentence: a reviewer, an admin."""
        return with_article(self.label)


class Person(Document):
    """Somebody known here. Entries name the handle only; name and address stay in the people's table."""

    handle: Annotated[str, AfterValidator(handle)]
    name: Line
    email: Word | None = None
    roles: frozenset[Role] = Field(min_length=1)
    is_active: bool = True
    manager: Annotated[str, AfterValidator(handle)] | None = Field(default=None, description="whom they report to")
    cost_centre: Word | None = None
    expertise: frozenset[Word] = Field(default=frozenset(), max_length=50, description="what they know about, in tags")

    @property
    def identity(self) -> str:
        """Which human this account is: accounts with the same identity are one person. Empty where nothing tells."""
        return identity(self.email or "")


def identity(email: str) -> str:
    """`email` in the one form that all spellings of a mailbox share.

    Case, a plus-tag, quotes, full-width and unseen characters make no other person.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold())
    seen = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cc") and not sign.isspace())
    local, _, domain = seen.rpartition("@")
    if not local or not domain:
        return seen
    box = local.strip('"').partition("+")[0] or local
    return f"{box}@{_plain_domain(domain.strip('.'))}"


def _plain_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


class Verb(StrEnum):
    """Everything that a person can do here, by the name the surfaces use."""

    OPEN = "open"
    SUBMIT = "submit"
    LOOK = "look"
    DECLARE = "declare"
    METHOD_REVIEW = "method_review"
    REVIEW = "review"
    VOTE = "vote"
    DECIDE = "decide"
    RESUME = "resume"
    CLEAR = "clear"
    RELEASE = "release"
    SPEND = "spend"
    SET_DEADLINE = "set_deadline"
    CONCLUDE = "conclude"
    MIGRATE = "migrate"
    BREAK_GLASS = "break_glass"
    FUND = "fund"
    ADOPT = "adopt"
    ADD_PERSON = "add_person"
    LIST = "list"
    SHOW = "show"
    READ_METHOD = "read_method"
    READ_RESULTS = "read_results"
    READ_REVIEWS = "read_reviews"
    AUDIT = "audit"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


_R = Role
PARTS: tuple[Role, ...] = (
    _R.PRODUCT_OWNER,
    _R.DATA_SCIENTIST,
    _R.DATA_OWNER,
    _R.ETHICS_REVIEWER,
    _R.REVIEWER,
    _R.BOARD_MEMBER,
)
"""The roles that are a part on an initiative: a person has one of them on it, for good."""
