"""Profile: one's own password, second factor, tokens and sign-ins. Secrets are shown once, on the answer itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from provefirst.accounts import second_factor, signing_in, tokens
from provefirst.accounts.signing_in import SignedIn, Wait
from provefirst.lifecycle.act import Refused
from provefirst.store import accounts
from provefirst.store.accounts import CredentialRow, SessionRow
from provefirst.web.access import Visitor, forget, note_address, remember, require, workspace_of
from provefirst.web.acting import interrupted, visitor_of
from provefirst.web.fields import Filled, form_of
from provefirst.web.filled import document_of
from provefirst.web.keeping import NONE
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
Sent = Annotated[Posted, Depends(posted)]


@router.get("/profile")
def profile(request: Request, visitor: Annotated[Visitor, Depends(require)], did: str = "") -> Response:
    said = {"revoked": "The token is revoked.", "dropped": "The second factor is dropped."}.get(did, "")
    return _page(request, visitor, said=said)


@router.post("/profile/password")
def password(given: Sent) -> Response:
    """Every sign-in ends, and a new one begins here."""
    note_address(given.request)

    def change(who: str) -> Response:
        if given.one("new") != given.one("again"):
            return _again(given, ("the two new passwords are not the same",))
        answer = signing_in.change_password(given.workspace, given.one("old"), given.one("new"), by=who)
        if isinstance(answer, SignedIn):
            response = RedirectResponse("/profile", 303)
            remember(given.request, response, answer)
            return response
        return _again(given, _reasons(answer))

    return _done(given, change)


@router.post("/profile/second-factor")
def begin_factor(given: Sent) -> Response:
    def begin(who: str) -> Response:
        seed = second_factor.begin_second_factor(given.workspace, by=who)
        return (
            _again(given, seed.reasons)
            if isinstance(seed, Refused)
            else _shown(given, seed=seed, picture=_picture(seed.uri))
        )

    return _done(given, begin)


@router.post("/profile/second-factor/confirm")
def confirm_factor(given: Sent) -> Response:
    def confirm(who: str) -> Response:
        codes = second_factor.confirm_second_factor(given.workspace, given.one("code").strip(), by=who)
        return _again(given, codes.reasons) if isinstance(codes, Refused) else _shown(given, codes=codes)

    return _done(given, confirm)


@router.post("/profile/second-factor/drop")
def drop_factor(given: Sent) -> Response:
    def drop(who: str) -> Response:
        refused = second_factor.drop_second_factor(given.workspace, given.one("code").strip(), by=who)
        done = RedirectResponse("/profile?did=dropped", 303)
        return done if refused is None else _again(given, refused.reasons)

    return _done(given, drop)


@router.post("/profile/tokens")
def make_token(given: Sent) -> Response:
    def make(who: str) -> Response:
        asked = document_of(tokens.NewToken, given.values)
        if isinstance(asked, Filled):
            return _page(given.request, visitor_of(given), filled=asked, status=422)
        made = tokens.create_token(given.workspace, asked, by=who)
        return _again(given, made.reasons) if isinstance(made, Refused) else _shown(given, secret=made.secret)

    return _done(given, make)


@router.post("/profile/tokens/{token_id}/revoke")
def revoke(token_id: str, given: Sent) -> Response:
    def end(who: str) -> Response:
        refused = tokens.revoke_token(given.workspace, token_id, by=who)
        done = RedirectResponse("/profile?did=revoked", 303)
        return done if refused is None else _again(given, refused.reasons)

    return _done(given, end)


@router.post("/profile/sign-out-everywhere")
def everywhere(given: Sent) -> Response:
    def end(who: str) -> Response:
        signing_in.sign_out_everywhere(given.workspace, by=who)
        response = RedirectResponse("/sign-in", 303)
        forget(response)
        return response

    return _done(given, end)


def _done(given: Posted, run: Callable[[str], Response]) -> Response:
    """Let `run` answer for whoever is signed in. Secrets that were typed are not kept as a draft."""
    return interrupted(given) or run(visitor_of(given).handle)


def _again(given: Posted, reasons: tuple[str, ...]) -> Response:
    return _page(given.request, visitor_of(given), reasons=reasons, status=409)


def _shown(given: Posted, **once: Any) -> Response:
    return _page(given.request, visitor_of(given), once=once)


def _picture(uri: str) -> str:
    """What an authenticator reads with its camera. Drawn here: the secret goes nowhere else."""
    import segno

    return segno.make(uri, micro=False).svg_data_uri(scale=5, border=4, dark="#000", light="#fff")


def _reasons(answer: Refused | Wait) -> tuple[str, ...]:
    if isinstance(answer, Wait):
        return (f"too many tries: wait {answer.seconds} seconds",)
    return answer.reasons


def _page(
    request: Request,
    visitor: Visitor,
    *,
    filled: Filled | None = None,
    reasons: tuple[str, ...] = (),
    said: str = "",
    once: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    workspace = workspace_of(request)
    with workspace.store.reading() as work:
        credential = accounts.find(work, CredentialRow, handle=visitor.handle)
        signed_in = accounts.find_all(work, SessionRow, order=("-created_at",), handle=visitor.handle)
    own = tokens.tokens(workspace, by=visitor.handle)
    return page(
        request, "profile.html", visitor=visitor, status=status, reasons=reasons, said=said,
        fields=form_of(tokens.NewToken, filled or Filled(NONE)), tokens=() if isinstance(own, Refused) else own,
        once={"seed": None, "picture": "", "codes": (), "secret": "", **(once or {})},
        has_password=credential is not None,
        has_factor=bool(credential and credential["is_confirmed"]), sign_ins=signed_in[:20],
    )  # fmt: skip
