"""No log line shows a secret, however it came into it."""

from __future__ import annotations

import io
import logging

import pytest

from provefirst.engine.logs import configure, logger
from provefirst.engine.secrecy import HIDDEN, without_secrets

SECRET = "correct-horse-battery"
TOKEN = "pf_" + "a1B2" * 10


@pytest.fixture(params=[True, False])
def lines(request: pytest.FixtureRequest) -> io.StringIO:
    """What is logged, in each shape."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure(as_json=request.param, stream=stream)
    yield stream  # type: ignore[misc]
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    "told",
    [
        {"password": SECRET},
        {"Authorization": f"Bearer {SECRET}"},
        {"headers": {"cookie": f"provefirst={SECRET}"}},
        {"body": [{"new_password": SECRET}]},
        {"url": f"postgresql://provefirst:{SECRET}@db/provefirst"},
        {"path": f"/join/{SECRET}"},
        {"path": f"/calendar/{SECRET}.ics"},
        {"query": f"code={SECRET}&state={SECRET}"},
        {"note": f"sent with bearer {SECRET}"},
    ],
)
def test_a_value_that_is_secret_is_hidden(lines: io.StringIO, told: dict[str, object]) -> None:
    logger("api").info("request", **told)
    assert SECRET not in lines.getvalue()
    assert HIDDEN in lines.getvalue()


def test_a_token_is_hidden_wherever_it_stands(lines: io.StringIO) -> None:
    logging.getLogger("provefirst.other").warning("somebody sent %s", TOKEN)
    assert TOKEN not in lines.getvalue()


def test_a_traceback_shows_neither_its_variables_nor_secrets_in_its_message(lines: io.StringIO) -> None:
    def sign_in(password: str) -> None:
        raise RuntimeError(f"postgresql://me:{SECRET}@db refused it")

    try:
        sign_in(SECRET)
    except RuntimeError:
        logger("api").exception("a request failed")
    assert SECRET not in lines.getvalue()
    assert "RuntimeError" in lines.getvalue()


def test_what_is_no_secret_stays_readable() -> None:
    for text in ("PF-12 is at version 3", "encoded in UTF-8", "https://proofs.example.org/initiatives/PF-1"):
        assert without_secrets(text) == text
