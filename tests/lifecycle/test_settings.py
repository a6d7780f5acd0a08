"""Settings come from the environment, the data folder, and the shipped defaults, in this order."""

from pathlib import Path

import pytest

from provefirst.errors import InvalidInputError
from provefirst.lifecycle.settings import settings


def own(folder: Path, text: str) -> Path:
    (folder / "provefirst.toml").write_text(text)
    return folder


def test_an_unknown_key_is_refused_with_the_nearest_one(tmp_path):
    folder = own(tmp_path, "[web]\nprot = 8001\n")
    with pytest.raises(InvalidInputError) as refusal:
        settings(folder, environment={})
    told = (refusal.value.field, refusal.value.value, refusal.value.nearest, refusal.value.where)
    assert told == ("web.prot", 8001, "port", str(folder / "provefirst.toml"))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[web]\nport = 0\n", "web.port"),
        ("[prefect]\nmode = 'cloud'\n", "prefect.mode"),
        ("[initiatives]\nkey_prefix = 'pf'\n", "initiatives.key_prefix"),
        ("[initiatives]\ncurrency = 'EUX'\n", "currency"),
        ("web = 3\n", "web"),
        ("[storage]\nhome = '/elsewhere'\n", "storage.home"),
        ("[storage\n", "provefirst.toml"),
        ("x" * 70_000, "provefirst.toml"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(tmp_path, text, field):
    with pytest.raises(InvalidInputError) as refusal:
        settings(own(tmp_path, text), environment={})
    assert refusal.value.field == field


def test_the_data_folder_says_what_differs_and_the_environment_has_the_last_word(tmp_path):
    folder = own(tmp_path, "[storage]\ndatabase_url = 'sqlite:///{home}/other.db'\n[web]\nport = 9000\n")
    found = settings(folder, environment={"PROVEFIRST_BLOBS_URL": "s3://bucket"})
    assert (found.database_url, found.blobs_url, found.web.port, found.prefect.port) == (
        f"sqlite:///{folder}/other.db",
        "s3://bucket",
        9000,
        4200,
    )
