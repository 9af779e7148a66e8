"""The development issuer's pages: choose who to be. Everybody listed is made up."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from hub.graphql.reading import Refused, read_body
from hub.identity.development_provider import PATH, DevelopmentProvider, WrongGrant, WrongRequest
from hub.identity.issuers.metadata import WELL_KNOWN
from hub.web.page import PRIVATE, Markup, page, text

Show = Callable[[DevelopmentProvider, Request], Awaitable[Response]]


async def metadata(provider: DevelopmentProvider, _: Request) -> Response:
    """Publish where things are."""
    return JSONResponse(provider.metadata())


async def keys(provider: DevelopmentProvider, _: Request) -> Response:
    """Publish the key."""
    return JSONResponse(provider.keys())


async def authorize(provider: DevelopmentProvider, request: Request) -> Response:
    """Let somebody choose who to be; send whoever chose back."""
    try:
        if request.method == "GET":
            return _choice(provider, provider.asked(dict(request.query_params)))
        form = await _form(request)
        return RedirectResponse(provider.choose(form, form.get("person", "")), 303, PRIVATE)
    except WrongRequest as wrong:
        return page("This request is not this hub's", Markup(f"<p>Wrong: {text(str(wrong))}.</p>"), 400)


def _choice(provider: DevelopmentProvider, asked: dict[str, str]) -> HTMLResponse:
    hidden = "".join(f'<input type="hidden" name="{text(k)}" value="{text(v)}">' for k, v in asked.items())
    people = "".join(
        f'<li><button name="person" value="{text(p.key)}">{text(p.name)}</button> {text(p.works_as)}</li>'
        for p in provider.people
    )
    body = (
        "<p>This is the development issuer: nobody here is real, and no password is asked for.</p>"
        f'<form method="post" action="{PATH}/authorize">{hidden}<ul>{people}</ul>'
        '<p><button name="person" value="">Nobody: go back</button></p></form>'
    )
    return page("Who do you want to be?", Markup(body))


async def token(provider: DevelopmentProvider, request: Request) -> Response:
    """Give tokens for a code."""
    try:
        return JSONResponse(provider.token(await _form(request)), headers={"Cache-Control": "no-store"})
    except WrongGrant as wrong:
        return JSONResponse({"error": str(wrong)}, 400, {"Cache-Control": "no-store"})


async def sign_out(provider: DevelopmentProvider, request: Request) -> Response:
    """Go back to the hub: nobody stays signed in here."""
    return RedirectResponse(provider.signed_out(dict(request.query_params)), 303, PRIVATE)


async def _form(request: Request) -> dict[str, str]:
    try:
        return dict(parse_qsl((await read_body(request)).decode("ascii"), max_num_fields=32))
    except (Refused, ValueError):
        return {}


PAGES: Final[dict[str, tuple[Show, list[str]]]] = {
    f"{PATH}{WELL_KNOWN}": (metadata, ["GET"]),
    f"{PATH}/keys": (keys, ["GET"]),
    f"{PATH}/authorize": (authorize, ["GET", "POST"]),
    f"{PATH}/token": (token, ["POST"]),
    f"{PATH}/sign-out": (sign_out, ["GET"]),
}
"""Every page by its path."""
