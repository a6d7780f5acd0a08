"""The client and the command line over HTTP: the same verbs and answers as in process."""

from __future__ import annotations

import inspect
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

import provefirst
from provefirst.accounts.passwords import hashed
from provefirst.accounts.signing_in import set_password
from provefirst.accounts.tokens import Made, NewToken, create_token
from provefirst.api.app import create_app
from provefirst.cli.app import app as commands
from provefirst.client import Client, Handle, RemoteClient
from provefirst.client.memory import Memory
from provefirst.client.organisation import People, Policies
from provefirst.client.remote import RemotePeople, RemotePolicies
from provefirst.client.remote_handle import RemoteHandle
from provefirst.client.remote_memory import RemoteMemory
from provefirst.client.remote_treasury import RemoteBooks, RemotePools
from provefirst.client.server import NotSignedInError, Server, UnreachableError, checked
from provefirst.client.treasury import Books, Pools
from provefirst.errors import InvalidInputError, StaleVersionError, UnknownError
from provefirst.evidence import Kind
from provefirst.lifecycle.act import Done, Refused
from provefirst.permissions import Scope
from provefirst.places import config_dir
from provefirst.stages import Outcome, Stage
from tests import world as w
from tests.access.looking import SECRET, told_by, with_result
from tests.api.served import listening
from tests.world import World

PASSWORD = "a sentence that only I know"
ONLY_HERE = {"view", "me"}
"""What only one client has: the view itself in process, whose token it is over HTTP."""


@pytest.fixture
def as_(world: World, url: str) -> Iterator[Callable[[str], RemoteClient]]:
    """A client in somebody's name, closed at the end."""
    with ExitStack() as stack:
        yield lambda handle: stack.enter_context(provefirst.connect(url, token=token(world, handle)))


@pytest.fixture
def url(world: World) -> Iterator[str]:
    """Where the world is served."""
    world.workspace.settings = world.workspace.settings.model_copy(
        update={"web": world.workspace.settings.web.model_copy(update={"requests_per_minute": 10**6})}
    )
    with listening(create_app(world.workspace)) as found:
        yield found


def token(world: World, handle: str) -> str:
    made = create_token(world.workspace, NewToken(name="for a test", scopes=frozenset(Scope)), by=handle)
    assert isinstance(made, Made)
    return made.secret


def test_an_initiative_goes_through_its_gates_over_http_as_it_does_in_process(
    world: World, as_: Callable[[str], RemoteClient]
) -> None:
    olga, ella, dana = (as_(handle) for handle in ("olga", "ella", "dana"))
    opened = olga.open(w.proposal(), screen=w.screen())
    assert isinstance(opened, Done)
    key = opened.initiative.key
    voted = ella.initiative(key).vote(w.ballot(), expected=opened.initiative.version)
    assert isinstance(voted, Done)
    assert voted.initiative == world.initiative(key)
    submitted = dana.initiative(key).submit(
        Kind.RESEARCH_DOSSIER, w.dossier(), files={"notes.txt": b"read in the library"}
    )
    assert isinstance(submitted, Done)
    evidence = dana.initiative(key).evidence(Kind.RESEARCH_DOSSIER)
    assert evidence == world.initiative(key).submissions[-1]
    assert dana.initiative(key).file(evidence.attachments["notes.txt"]) == b"read in the library"
    rita = as_("rita").initiative(key)
    declared = rita.declare({"has_conflict_of_interest": False, "reason": "I know nobody who works on it."})
    assert isinstance(declared, Done)
    assert isinstance(rita.review(w.peer_review()), Done)
    assert world.initiative(key).stage is Stage.REPLICATION
    assert dana.initiative(key).state() == world.initiative(key)
    assert [row["key"] for row in dana.list(owner="olga").rows] == [key]


def test_refusals_and_errors_are_those_of_the_client_in_process(
    world: World, url: str, as_: Callable[[str], RemoteClient]
) -> None:
    key = world.open()
    ella, olga = as_("ella").initiative(key), as_("olga").initiative(key)
    refused = olga.vote(w.ballot())
    assert isinstance(refused, Refused)
    assert refused.is_forbidden
    with pytest.raises(StaleVersionError) as stale:
        ella.vote(w.ballot(), expected=1)
    assert (stale.value.initiative, stale.value.found) == (key, world.initiative(key).version)
    with pytest.raises(UnknownError):
        as_("ella").initiative("PF-99").show()
    with pytest.raises(InvalidInputError) as wrong:
        ella.vote({"choice": "og", "reason": "because"})
    assert wrong.value.nearest == "go"
    with provefirst.connect(url, token="pf_no_such_token_at_all") as nobody, pytest.raises(NotSignedInError):
        nobody.me()


def test_a_write_whose_answer_was_lost_is_sent_again_and_done_once(world: World, url: str) -> None:
    class Losing(httpx.HTTPTransport):
        """Loses the first answer to each write, after it was written."""

        def __init__(self) -> None:
            super().__init__()
            self.lost: set[str] = set()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            name = request.headers.get("idempotency-key", "")
            if name and name not in self.lost:
                answer.read()
                self.lost.add(name)
                raise httpx.ReadError("the line went dead")
            return answer

    with RemoteClient(Server(url, token(world, "olga"), transport=Losing(), pause=0.0)) as client:
        opened = client.open(w.proposal(), screen=w.screen())
        assert isinstance(opened, Done)
        assert [row["key"] for row in client.list().rows] == [opened.initiative.key]


def test_over_http_a_blind_reviewer_is_shown_no_result_whatever_they_ask_or_do(
    world: World, as_: Callable[[str], RemoteClient]
) -> None:
    handle = as_("rolf").initiative(with_result(world))
    for do in (lambda: None, lambda: handle.declare(w.INTEREST), handle.decide):
        assert SECRET not in repr(do()) + told_by(handle)
    assert handle.state().dossier == world.initiative(handle.key).dossier
    assert SECRET in repr(handle.method_review(w.METHOD)) + told_by(handle)


@pytest.mark.parametrize(
    ("local", "remote"),
    [(Client, RemoteClient), (Handle, RemoteHandle), (People, RemotePeople), (Pools, RemotePools),
     (Books, RemoteBooks), (Policies, RemotePolicies), (Memory, RemoteMemory)],
)  # fmt: skip
def test_both_clients_have_the_same_verbs_with_the_same_arguments(local: type, remote: type) -> None:
    assert _verbs(local) == _verbs(remote)


def _verbs(client: type) -> dict[str, list[str]]:
    own = {name: member for name, member in vars(client).items() if not name.startswith("_")}
    fields = {*getattr(client, "__dataclass_fields__", {}), *ONLY_HERE}
    return {
        name: [*inspect.signature(member).parameters] if callable(member) else []
        for name, member in own.items()
        if name not in fields
    }


def test_keeping_the_house_over_http(world: World, as_: Callable[[str], RemoteClient]) -> None:
    root = as_("root")
    assert root.people.save({"handle": "nina", "name": "Nina", "roles": ["reviewer"], "manager": "bea",
                             "cost_centre": "4711", "expertise": ["text"]}) is None  # fmt: skip
    assert {one.handle: one for one in root.people.list()}["nina"] == world.workspace.person("nina")
    assert root.people.deactivate("nina") is None
    assert not world.workspace.person("nina").is_active
    before = root.pools.list()[root.pools.usual]
    assert root.pools.fund("10 EUR") is None
    assert root.pools.list()["main"].amount == before.amount + 10_00
    assert root.policies.in_force() == Client(world.workspace).policies.in_force()
    assert root.policies.adopt(config_dir() / "gates") is None
    digest, policies = root.policies.in_force()
    assert (digest, policies) == Client(world.workspace).policies.in_force() == root.policies.find(digest[:8])
    assert len(root.policies.adopted()) == 2
    refused = as_("olga").pools.fund("10 EUR")
    assert refused == Refused(("olga is not admin",))
    key = world.open()
    assert as_("olga").initiative(key).reviewers() == Client(world.workspace, "olga").initiative(key).reviewers()


def test_what_was_learnt_is_found_over_http_as_in_process(
    world: World, as_: Callable[[str], RemoteClient], tmp_path: Path
) -> None:
    first = world.open()
    assert isinstance(as_("olga").initiative(first).conclude(w.lesson(Outcome.WITHDRAWN)), Done)
    here, there = Client(world.workspace, "olga").memory, as_("olga").memory
    assert there.search("sizes", outcome="withdrawn") == here.search("sizes", outcome="withdrawn")
    assert there.search().total == 1
    assert there.show(first) == here.show(first)
    files = [[file.read_text("utf-8") for file in one.export(tmp_path / name, name="We & co")]
             for name, one in (("here", here), ("there", there))]  # fmt: skip
    assert files[0] == files[1]
    assert len(files[0]) == 4
    second = world.open()
    assert [one["key"] for one in there.similar(w.proposal(), key=second)] == [first]
    assert there.similar(w.proposal(), key=second) == here.similar(w.proposal(), key=second)
    refused = there.answer(second, "PF-99", "It is asked of other people.")
    assert refused == here.answer(second, "PF-99", "It is asked of other people.")
    with pytest.raises(UnknownError):
        there.show(second)


def test_a_server_that_is_not_there_is_told() -> None:
    with RemoteClient(Server("http://127.0.0.1:9", "x", pause=0.0)) as nowhere, pytest.raises(UnreachableError):
        nowhere.me()


@pytest.mark.parametrize(
    "url",
    ["http://proofs.example.org", "ftp://localhost", "https://", "https://me:pw@example.org", "https://x.org/api", ""],
)
def test_a_token_is_sent_by_https_only_or_to_this_machine(url: str) -> None:
    with pytest.raises(InvalidInputError):
        checked(url)


class Shell:
    """A command line that is nowhere near a data folder."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config"

    def run(self, *words: str, stdin: str = "") -> Result:
        env = {"PROVEFIRST_HOME": None, "PROVEFIRST_AS": None, "PROVEFIRST_CONFIG": str(self.config),
               "PROVEFIRST_KEYRING": "0", "COLUMNS": "80"}  # fmt: skip
        return CliRunner().invoke(commands, list(words), input=stdin, env=env)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Shell(folder)


def test_after_login_commands_act_on_the_server_until_logout(world: World, url: str, shell: Shell) -> None:
    with world.workspace.store.writing() as work:
        set_password(work, work.person("olga"), hashed(PASSWORD), world.clock())
    key = world.open()
    result = shell.run("login", url, "--name", "olga", stdin=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    kept = shell.config / "provefirst" / "servers.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "olga" in shell.run("whoami").output
    assert key in shell.run("list").output
    assert shell.run("show", key).exit_code == 0
    assert shell.run("vote", key, "go", "--reason", "It is mine.").exit_code == 3
    assert shell.run("backup", "x.tar").exit_code == 2
    assert shell.run("logout").exit_code == 0
    assert shell.run("list").exit_code == 2
    assert "pf_" not in kept.read_text()


def test_a_wrong_password_keeps_nothing(world: World, url: str, shell: Shell) -> None:
    result = shell.run("login", url, "--name", "olga", stdin="guessed\n")
    assert result.exit_code == 3
    assert not shell.config.exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_a_kept_token_that_others_can_read_is_not_used(world: World, url: str, shell: Shell) -> None:
    secret = token(world, "olga")
    assert shell.run("login", url, "--token", stdin=f"{secret}\n").exit_code == 0
    kept = shell.config / "provefirst" / "servers.json"
    kept.chmod(0o644)
    result = shell.run("whoami")
    assert result.exit_code == 2
    assert "chmod 600" in result.output
    assert secret not in result.output
