"""Secrecy: no log line shows a password, a token, a cookie or a link that lets somebody in."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

HIDDEN = "[hidden]"

_NAMES = re.compile(
    r"password|passwd|secret|token|authorization|cookie|csrf|api_?key|private|credential|recovery|totp|\bcode\b", re.I
)
_TEXTS = (
    (re.compile(r"\bpf_[A-Za-z0-9_-]{16,}"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(://[^/\s:@]+):[^/\s@]+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"/(join|setup|calendar)/[A-Za-z0-9_-]{8,}"), rf"/\1/{HIDDEN}"),
    (
        re.compile(r"(?i)\b(__Host-provefirst|provefirst|code|state|password|token|secret)=[^\s;&'\"]{6,}"),
        rf"\1={HIDDEN}",
    ),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.S), HIDDEN),
)
_DEPTH = 8


def hide(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor for structlog: values whose name says that they are secret, and texts that look so, are hidden."""
    for key in event:
        if not key.startswith("_"):
            event[key] = _shown(key, event[key], 0)
    return event


def without_secrets(text: str) -> str:
    """`text`, with what looks like a secret hidden."""
    for pattern, instead in _TEXTS:
        text = pattern.sub(instead, text)
    return text


def _shown(name: str, value: Any, depth: int) -> Any:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        return HIDDEN if value and _NAMES.search(name) else without_secrets(value)
    if depth >= _DEPTH:
        return value
    if isinstance(value, Mapping):
        return {key: _shown(str(key), inner, depth + 1) for key, inner in value.items()}
    return [_shown(name, inner, depth + 1) for inner in value] if isinstance(value, list | tuple) else value
