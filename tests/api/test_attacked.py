"""The API attacked by Schemathesis, with what its own description allows and with what it doesn't, as each role.

Every check that Schemathesis knows is on. Valid data may still be refused for what a schema can't say (403 to 428), and
nothing may be answered that the description doesn't foresee, least of all a server error.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic.json_schema import models_json_schema
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from provefirst.api import described
from provefirst.api.answers import SCHEMAS
from provefirst.stages import Stage
from tests.access import matrix as access
from tests.api.served import served
from tests.world import World

EXAMPLES = int(os.environ.get("PROVEFIRST_ATTACKS", "3"))
"""Of each kind, for each address; each is sent by everybody."""

SHARDS = 4
REFUSED = ("401", "403", "404", "409", "412", "422", "428", "429")
"""Rates are lifted here: 429 is the brake on guessing passwords."""

CONFIG = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSED]},
        "negative_data_rejection": {"expected-statuses": ["400", "413", "415", *REFUSED]},
    }
}
load_all_checks()


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description, served on an initiative under way on which everybody has their part."""
    world = World.make(tmp_path_factory.mktemp("attacked"), policy_set=access.POLICIES)
    access.at(world, Stage.RESEARCH)
    config = SchemathesisConfig.from_dict(CONFIG)
    with served(world.workspace, hosts=("testserver",)) as api:
        yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", api.app, config=config)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_request_is_answered_otherwise_than_described(schema: Any, shard: int) -> None:
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 50
    failures: dict[str, str] = {}
    for operation in operations[shard::SHARDS]:
        for mode in _modes(operation):
            _attack(operation, mode, failures)
    assert failures == {}


def test_what_an_address_takes_is_described_under_another_name_than_what_it_answers(schema: Any) -> None:
    described.openapi(schema.app)
    taken = models_json_schema([(model, "validation") for model in described._taken.values()])[1]["$defs"]
    assert sorted(taken.keys() & SCHEMAS.keys()) == []


def _modes(operation: Any) -> tuple[GenerationMode, ...]:
    """Where an address takes nothing, nothing wrong can be sent to it."""
    takes_something = operation.body or any(True for _ in operation.iter_parameters())
    return (GenerationMode.POSITIVE, *((GenerationMode.NEGATIVE,) if takes_something else ()))


def _attack(operation: Any, mode: GenerationMode, failures: dict[str, str]) -> None:
    @seed(4)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attack(case: Any) -> None:
        for handle in access.SUBJECTS:
            headers = {"Authorization": f"Bearer {handle}"}
            response = case.call(headers=headers)
            try:
                case.validate_response(response, headers=headers)
            except BaseExceptionGroup as found:
                failures.setdefault(f"{operation.label}, {mode.value}", f"{response.status_code} as {handle}: {found}")

    attack()
