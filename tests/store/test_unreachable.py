"""A database that can't be used is told of in a sentence, also where somebody only looks whether there is one."""

import pytest

from provefirst.errors import StorageError
from provefirst.store.database import connect, sqlite_url, transaction
from provefirst.store.schema import is_prepared


def test_a_server_that_is_not_there_is_named_as_unreachable():
    with pytest.raises(StorageError, match="the database can't be reached: "):
        is_prepared(connect("postgresql://nobody:secret@127.0.0.1:1/none"))


def test_the_password_of_such_a_server_is_not_told():
    with pytest.raises(StorageError) as refusal:
        is_prepared(connect("postgresql://nobody:secret@127.0.0.1:1/none"))
    assert "secret" not in str(refusal.value)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path):
    (tmp_path / "file.db").write_text("not a database at all, only some text")
    with pytest.raises(StorageError) as refusal:
        is_prepared(connect(sqlite_url(tmp_path / "file.db")))
    assert str(refusal.value) == "the file is no SQLite database, or it is damaged (file is not a database)"


def test_a_database_of_an_older_version_is_said_to_be_one(tmp_path):
    engine = connect(sqlite_url(tmp_path / "old.db"))
    with transaction(engine, writes=True) as connection:
        connection.exec_driver_sql("CREATE TABLE person (handle TEXT)")
    older = pytest.raises(StorageError, match="older than this version: run `provefirst init`")
    with older, transaction(engine, writes=False) as connection:
        connection.exec_driver_sql("SELECT identity FROM person")
