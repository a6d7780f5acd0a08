"""Scopes: a token is good for what they name, at every address, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from provefirst.accounts.tokens import Made, NewToken, create_token
from provefirst.api import credentials, files, memory, money, organisation, production, reads, routes, signin
from provefirst.api.app import create_app
from provefirst.api.caller import good_for, in_person
from provefirst.people import Role, Verb
from provefirst.permissions import SCOPES, Scope
from provefirst.stages import Stage
from tests.access import matrix as access
from tests.api import matrix
from tests.api.served import Served
from tests.api.test_matrix import ANY_VERSION, VERBS
from tests.world import World

READS = {Verb.LIST: "initiatives", Verb.SHOW: "initiatives/{key}", Verb.AUDIT: "audit"}
OPEN = {"sign_in", "set_up", "accept", "providers", "begin_sso", "finish_sso"}
"""What nobody needs to be signed in for."""


@pytest.fixture
def doors(world: World) -> Iterator[Served]:
    """The API with the workspace's own accounts."""
    web = world.workspace.settings.web.model_copy(update={"requests_per_minute": 10**6})
    world.workspace.settings = world.workspace.settings.model_copy(update={"web": web})
    made = Served(create_app(world.workspace))
    yield made
    made.close()


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_is_refused_at_every_address_that_its_scope_does_not_name(
    world: World, doors: Served, scope: Scope
) -> None:
    key = world.open()
    access.add(world, "nina", *Role)
    made = create_token(world.workspace, NewToken(name="one scope", scopes=frozenset({scope})), by="nina")
    assert isinstance(made, Made)
    let_in = {
        verb
        for verb in (*VERBS, *matrix.ON_THE_ORGANISATION, *READS)
        if not _is_out_of_scope(_called(doors, verb, key, made.secret))
    }
    called = {*VERBS, *matrix.ON_THE_ORGANISATION, *READS}
    assert let_in == SCOPES[scope] & called
    assert called == set(Verb) - {Verb.READ_METHOD, Verb.READ_RESULTS, Verb.READ_REVIEWS}


def test_no_address_is_without_a_scope_or_a_sign_in(doors: Served) -> None:
    checks = (in_person.__qualname__, good_for(Verb.SHOW).__qualname__)
    routers = (
        signin.doors,
        reads.router,
        routes.router,
        files.router,
        production.router,
        money.router,
        memory.router,
        organisation.router,
        credentials.router,
    )
    found = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    bare = {
        route.name
        for route in found
        if not any(getattr(one.dependency, "__qualname__", "") in checks for one in route.dependencies)
    }
    assert bare == OPEN
    described = [method for path in doors.app.openapi()["paths"].values() for method in path]
    assert len(found) == len(described) + len({"begin_sso", "finish_sso"})


def _called(doors: Served, verb: Verb, key: str, secret: str) -> Any:
    headers = {**ANY_VERSION, "Authorization": f"Bearer {secret}"}
    if verb in READS:
        return doors.get(READS[verb].replace("{key}", key), headers=headers)
    on_initiative = verb in VERBS
    sent = matrix.sent(verb, Role.PRODUCT_OWNER, Stage.PROPOSAL) if on_initiative else matrix.ON_THE_ORGANISATION[verb]
    raw = {name: value for name, value in sent.raw.items() if name != "headers"}
    path = f"initiatives/{key}/{sent.path}" if on_initiative else sent.path
    return doors.post(path, sent.body, headers={**headers, **sent.raw.get("headers", {})}, **raw)


def _is_out_of_scope(answer: Any) -> bool:
    reasons = answer.json().get("reasons", ()) if answer.status_code == 403 else ()
    return any("needs a token with the scope" in reason for reason in reasons)
