"""Arriving from a provider: who its subject is here, and which roles its groups give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from provefirst.accounts.signing_in import SignedIn, begin
from provefirst.ledger import ORGANISATION
from provefirst.lifecycle.organisation import keep_person, last_admin_objections
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import ENGINE, Person, Role, identity
from provefirst.store import accounts
from provefirst.store.accounts import IdentityRow
from provefirst.store.work import Work


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a provider says of somebody: claims, groups, and what groups mean here (if nothing, roles are kept here)."""

    issuer: str
    claims: Mapping[str, Any]
    groups: frozenset[str]
    roles: Mapping[str, frozenset[Role]]
    creates: bool

    @property
    def given(self) -> frozenset[Role]:
        """The roles that the groups give."""
        return frozenset(role for group in self.groups for role in self.roles.get(group, ()))


def arrive(workspace: Workspace, arrival: Arrival) -> SignedIn | str:
    """Begin a session for whom the provider tells of; a text that says why not, where they can't come in."""
    if arrival.roles and not arrival.given:
        return "none of your groups has a role here"
    with workspace.store.writing() as work:
        work.lock(ORGANISATION)
        known = {person.handle: person for person in work.people()}
        found = _known(work, arrival, known) or _new(arrival, known)
        if isinstance(found, str):
            return found
        if not found.is_active:
            return f"{found.handle} is no longer active"
        person = found.model_copy(update={"roles": arrival.given}) if arrival.roles else found
        before = known.get(person.handle)
        if before is not None and (reasons := last_admin_objections(known, person)):
            return reasons[0]
        if before != person:
            keep_person(workspace, work, person, before, by=ENGINE)
        row = {"issuer": arrival.issuer, "subject": arrival.claims["sub"], "handle": person.handle}
        accounts.put(work, IdentityRow, row, "issuer", "subject")
        return begin(work, person, "sso", workspace.clock())


def _known(work: Work, arrival: Arrival, people: Mapping[str, Person]) -> Person | None:
    """By the provider's subject; the first time by an address that the provider has verified, if one person has it."""
    row = accounts.find(work, IdentityRow, issuer=arrival.issuer, subject=arrival.claims["sub"])
    if row is not None and row["handle"] in people:
        return people[row["handle"]]
    email = _email(arrival.claims)
    same = [person for person in people.values() if email and person.identity == identity(email)]
    return same[0] if len(same) == 1 else None


def _new(arrival: Arrival, people: Mapping[str, Person]) -> Person | str:
    if not arrival.creates:
        return "you are not known here: ask an admin for an invitation"
    if not arrival.given:
        return "none of your groups has a role here"
    email, claims = _email(arrival.claims), arrival.claims
    told = str(claims.get("preferred_username") or email.partition("@")[0] or claims["sub"])
    handle = re.sub(r"[^a-z0-9._-]+", "-", told.casefold()).strip("-._")[:36]
    if len(handle) < 2 or not handle[0].isalpha():
        handle = f"p-{handle}".rstrip("-._") + "0" * (not handle)
    number = 2
    free = handle
    while free in people or free == ENGINE:
        free, number = f"{handle}{number}", number + 1
    name = str(claims.get("name") or told).strip()[:200]
    try:
        return Person(
            handle=free, name=name if len(name) > 2 else f"{name} ({free})", email=email or None, roles=arrival.given
        )
    except (ValidationError, ValueError):
        return "your name or address can't be taken as the provider tells it"


def _email(claims: Mapping[str, Any]) -> str:
    """The address, where the provider says that it is theirs."""
    return str(claims.get("email", "")) if claims.get("email_verified") is True else ""
