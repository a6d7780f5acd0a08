"""One engine on one data folder and one database; ports that are taken; what dies with what."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from provefirst.engine import ports
from provefirst.engine.child import Child, ChildFailedError
from provefirst.engine.lock import AlreadyRunningError, EngineLock
from provefirst.engine.ports import PortTakenError
from provefirst.engine.server import PrefectServer
from tests.databases import Database
from tests.engines import eventually
from tests.world import World


def test_a_second_engine_on_a_data_folder_is_refused_and_told_who_has_it(world: World):
    engine = world.workspace.store.engine
    with EngineLock(world.workspace.home, engine):
        with pytest.raises(AlreadyRunningError) as refusal, EngineLock(world.workspace.home, engine):
            pass
        assert str(refusal.value) == (
            f"an engine already runs on {world.workspace.home} (process {os.getpid()}): "
            "stop it first, or give another data folder"
        )
    with EngineLock(world.workspace.home, engine):
        pass


def test_a_second_engine_on_a_database_is_refused_from_another_folder_too(
    any_world: World, database: Database, tmp_path_factory: pytest.TempPathFactory
):
    engine = any_world.workspace.store.engine
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with EngineLock(any_world.workspace.home, engine):
        if database.dialect == "sqlite":
            with EngineLock(elsewhere, engine):  # the folder is not where that database lies: nothing to guard
                return
        with pytest.raises(AlreadyRunningError) as refusal, EngineLock(elsewhere, engine):
            pass
        assert str(refusal.value) == (
            f"an engine already runs on the database {engine.url.database} (another process holds its lock): "
            "stop it first, or give another data folder"
        )
    with EngineLock(elsewhere, engine):
        pass


def test_the_lock_of_a_killed_engine_is_free(any_world: World, database: Database):
    holder = _python(
        f"""
        import sys
        from pathlib import Path
        from provefirst.engine.lock import EngineLock
        from provefirst.store.database import connect
        with EngineLock(Path({str(database.home)!r}), connect({database.url!r})):
            print("held", flush=True)
            sys.stdin.read()
        """
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.communicate()
    eventually(lambda: _can_lock(any_world), seconds=10)


def test_a_taken_port_is_said_plainly():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError) as refusal:
            ports.require("127.0.0.1", port, purpose="the Prefect server", option="--prefect-port", patience=0)
    assert str(refusal.value) == (
        f"port {port} on 127.0.0.1 is taken, so the Prefect server can't start there: "
        "stop the program that has it, or choose another port with --prefect-port"
    )
    ports.require("127.0.0.1", port, purpose="the Prefect server", option="--prefect-port")


def test_a_server_that_can_not_start_says_what_it_printed(tmp_path: Path):
    (tmp_path / "prefect.db").write_text("this is no database, and Prefect can't make one of it" * 100)
    server = PrefectServer(tmp_path, port=ports.any_free(), with_pages=False)
    with server, pytest.raises(ChildFailedError, match="the Prefect server ended with exit code 3") as failure:
        server.wait()
    assert any("file is not a database" in line for line in failure.value.lines)


def test_a_child_ends_when_its_parent_is_killed():
    parent = _python(
        """
        import os, time
        from provefirst.engine.child import Child
        child = Child("sleeper", "tests.engine.sleeper", env=os.environ)
        child.start()
        print(child.pid, flush=True)
        time.sleep(600)
        """
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert _is_there(pid)
    parent.kill()
    parent.communicate()
    eventually(lambda: not _is_there(pid), seconds=30)


def test_a_child_that_dies_is_started_again_until_it_is_stopped():
    child = Child("sleeper", "tests.engine.sleeper", env=os.environ)
    child.start()
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    eventually(lambda: child.pid != first, seconds=30)
    second = child.pid
    assert second is not None
    child.stop()
    assert not _is_there(second)


def _python(program: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def _can_lock(world: World) -> bool:
    try:
        with EngineLock(world.workspace.home, world.workspace.store.engine):
            return True
    except AlreadyRunningError:
        return False
