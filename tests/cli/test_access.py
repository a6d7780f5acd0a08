"""Tokens, invitations and proposed reviewers from the command line."""

from provefirst.accounts.invitations import accept
from provefirst.accounts.signing_in import SignedIn
from provefirst.accounts.tokens import authenticate
from provefirst.client import connect


def test_a_token_is_told_once_and_is_good_until_it_is_revoked(terminal):
    made = terminal.json("token", "create", "nightly job", "--scope", "read", "--scope", "judge", as_="rita")["token"]
    with connect(terminal.home, as_="rita") as client:
        caller = authenticate(client.workspace, made["secret"])
    assert (caller.person.handle, sorted(caller.scopes)) == ("rita", ["judge", "read"])
    assert made["secret"] not in terminal.does("token", "list", as_="rita")
    terminal.does("token", "revoke", made["id"], as_="rita")
    with connect(terminal.home, as_="rita") as client:
        assert authenticate(client.workspace, made["secret"]) is None


def test_tokens_of_others_are_listed_for_admins_only(terminal):
    terminal.does("token", "create", "nightly job", as_="rita")
    assert terminal.run("token", "list", "--of", "rita", as_="rolf").exit_code == 3
    assert len(terminal.json("token", "list", "--of", "rita", as_="root")["tokens"]) == 1


def test_a_scope_nearly_right_is_told_the_right_one(terminal):
    error = terminal.json("token", "create", "nightly job", "--scope", "raed", as_="rita")["error"]
    assert (error["field"], error["nearest"]) == ("scope", "read")


def test_who_is_invited_comes_in_by_the_secret(terminal):
    secret = terminal.json("people", "invite", "nora", "--role", "auditor", as_="root")["secret"]
    with connect(terminal.home, as_="root") as client:
        assert isinstance(accept(client.workspace, secret, "a long enough pass phrase"), SignedIn)
    assert terminal.run("people", "invite", "nora", "--role", "auditor", as_="root").exit_code == 3


def test_a_link_for_a_new_password_is_made_by_an_admin(terminal):
    assert terminal.run("people", "link", "rita", as_="rolf").exit_code == 3
    secret = terminal.json("people", "link", "rita", as_="root")["secret"]
    with connect(terminal.home, as_="root") as client:
        assert isinstance(accept(client.workspace, secret, "a long enough pass phrase"), SignedIn)


def test_what_is_not_said_of_somebody_stays(terminal):
    terminal.does(
        "people", "add", "rita", "--role", "reviewer", "--manager", "bea", "--expertise", "biopsy", as_="root"
    )
    terminal.does("people", "add", "rita", "--role", "auditor", "--email", "rita@example.org", as_="root")
    [rita] = [person for person in terminal.json("people", "list")["people"] if person["handle"] == "rita"]
    assert (rita["manager"], rita["expertise"], rita["roles"]) == ("bea", ["biopsy"], ["auditor"])
    assert rita["email"] == "rita@example.org"


def test_who_knows_most_is_proposed_first_and_who_is_too_close_never(terminal):
    terminal.does("people", "add", "rolf", "--role", "reviewer", "--expertise", "biopsy", as_="root")
    terminal.does("people", "add", "rita", "--role", "reviewer", "--manager", "olga", as_="root")
    found = terminal.json("reviewers", terminal.opened(), as_="olga")["reviewers"]
    assert found == [{"handle": "rolf", "knows": ["biopsy"], "load": 0}, {"handle": "otto", "knows": [], "load": 0}]
