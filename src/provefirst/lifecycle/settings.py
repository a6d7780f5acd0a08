"""Settings: where things are. The environment goes before the data folder's file, that before the shipped defaults."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from provefirst.errors import InvalidInputError, nearest
from provefirst.money import known_currency
from provefirst.places import config_dir
from provefirst.texts import Document, Word

if TYPE_CHECKING:
    from provefirst.holdout.fetching import Places

FILE = "provefirst.toml"
_LARGEST = 64 * 2**10


class Storage(Document):
    """Where the data folder, the database and the attached files are."""

    home: Word
    database_url: Word
    blobs_url: Word


class Initiatives(Document):
    """What new initiatives are called, and where their money comes from."""

    key_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,9}$")]
    pool: Word
    currency: Word


class Prefect(Document):
    """How flows are run."""

    mode: Literal["embedded", "prefect"]
    port: int = Field(ge=1, le=65535)


class Web(Document):
    """Where pages and API listen."""

    host: Word
    port: int = Field(ge=1, le=65535)
    url: Annotated[str, StringConstraints(pattern=r"^(https?://[^/\s]{1,250})?$")]
    hosts: tuple[Word, ...] = Field(max_length=100)
    trusted_proxies: tuple[Word, ...] = Field(max_length=100)
    cors_origins: tuple[Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]{1,250}$")], ...] = Field(
        max_length=50
    )
    requests_per_minute: int = Field(ge=1, le=10**7)
    api_docs: bool


class Notify(Document):
    """How people are told."""

    email: Annotated[str, StringConstraints(pattern=r"^(mailtos?://[^\s]{1,500})?$")]
    services: tuple[Word, ...] = Field(max_length=200)
    digest_hour: int = Field(ge=0, le=23)


class Data(Document):
    """What the engine may read by itself when data are registered by their URL."""

    places: tuple[Word, ...] = Field(max_length=100)
    private_hosts: tuple[Word, ...] = Field(max_length=100)
    largest: int = Field(ge=1, le=2**44)
    minutes: int = Field(ge=1, le=55)

    def as_places(self) -> Places:
        from provefirst.holdout.fetching import Places

        return Places(self.places, self.private_hosts, self.largest, 60.0 * self.minutes)


class Memory(Document):
    """How what is proposed is held against what was proposed before."""

    similarity: Literal["words", "meanings"]


class Settings(Document):
    """Everything that can be set."""

    storage: Storage
    initiatives: Initiatives
    prefect: Prefect
    web: Web
    data: Data
    notify: Notify
    memory: Memory

    @property
    def home(self) -> Path:
        return Path(self.storage.home).expanduser().absolute()

    @property
    def address(self) -> str:
        """What links begin with that are sent to people."""
        return self.web.url or f"http://{self.web.host}:{self.web.port}"

    @property
    def database_url(self) -> str:
        return self.storage.database_url.replace("{home}", str(self.home))

    @property
    def blobs_url(self) -> str:
        return self.storage.blobs_url.replace("{home}", str(self.home))


def settings(home: Path | str | None = None, *, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings for the data folder `home` (else PROVEFIRST_HOME, else the shipped default).

    `provefirst.toml` in that folder need only say what differs. InvalidInputError names file, key and nearest key.
    """
    environment = os.environ if environment is None else environment
    tables = _read(config_dir() / FILE)
    if folder := home or environment.get("PROVEFIRST_HOME"):
        tables["storage"]["home"] = str(folder)
    own = Path(tables["storage"]["home"]).expanduser() / FILE
    if own.is_file():
        changed = _read(own)
        if "home" in changed.get("storage", {}):
            raise InvalidInputError(
                "storage.home", changed["storage"]["home"], "not set in that folder", where=str(own)
            )
        _overlay(tables, changed, own)
    for name, (table, field) in _VARIABLES.items():
        if value := environment.get(name):
            tables[table][field] = value
    return _checked(tables, own)


_VARIABLES = {
    "PROVEFIRST_DATABASE_URL": ("storage", "database_url"),
    "PROVEFIRST_BLOBS_URL": ("storage", "blobs_url"),
    "PROVEFIRST_PREFECT_MODE": ("prefect", "mode"),
    "PROVEFIRST_URL": ("web", "url"),
    "PROVEFIRST_NOTIFY_EMAIL": ("notify", "email"),
}


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _LARGEST:
            raise InvalidInputError(FILE, file.stat().st_size, f"at most {_LARGEST} bytes", where=str(file))
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise InvalidInputError(FILE, str(problem), "TOML in UTF-8", where=str(file)) from None


def _overlay(tables: dict[str, Any], changed: Mapping[str, Any], file: Path) -> None:
    for table, values in changed.items():
        if table not in tables or not isinstance(values, dict):
            raise InvalidInputError(table, values, "a table", nearest=nearest(table, tables), where=str(file))
        for field, value in values.items():
            if field not in tables[table]:
                known = list(tables[table])
                name, allowed = f"{table}.{field}", f"one of {', '.join(known)}"
                raise InvalidInputError(name, value, allowed, nearest=nearest(field, known), where=str(file))
            tables[table][field] = value


def _checked(tables: Mapping[str, Any], file: Path) -> Settings:
    try:
        found = Settings.model_validate(tables)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise InvalidInputError(name, first["input"], first["msg"], where=str(file)) from None
    known_currency(found.initiatives.currency)
    return found
