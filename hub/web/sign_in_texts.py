"""What the pages of signing in say: nothing that an issuer or a browser sent, but the person's own name."""

from collections.abc import Sequence

from starlette.responses import HTMLResponse

from hub.identity.requester import Requester
from hub.identity.same_site import origin_of
from hub.web.navigation import links_for
from hub.web.page import Markup, page, text
from policies.vocabulary import ROLES


def choice(issuers: Sequence[tuple[str, str]]) -> HTMLResponse:
    """List the issuers, each with the path that leads to it."""
    links = "".join(f'<li><a href="{text(path)}">{text(name)}</a></li>' for name, path in issuers)
    return page("Sign in", Markup(f"<p>Where do you work?</p><ul>{links}</ul>"))


def signed_in(who: Requester, form_token: str, forms_to: str) -> HTMLResponse:
    """Say who is signed in, and offer the way out."""
    team = f"<dt>Team</dt><dd>{text(who.team)}</dd>" if who.team else ""
    body = (
        f"<p>{_offered(who.role)}</p>"
        f"<dl><dt>Name</dt><dd>{text(who.name)}</dd><dt>Role</dt><dd>{text(ROLES[who.role].means)}</dd>"
        f"<dt>Organisation</dt><dd>{text(who.organisation)}</dd>{team}</dl>"
        '<form method="post" action="/sign-out">'
        f'<input type="hidden" name="form" value="{text(form_token)}"><button>Sign out</button></form>'
    )
    return page("You are signed in", Markup(body), forms_to=forms_to)


def _offered(role: str) -> str:
    return " ".join(f'<a class="button" href="{text(one.path)}">{text(one.label)}</a>' for one in links_for(role))


def forms_to(end_session: str | None) -> str:
    """Say where signing out may lead: here, and to the issuer."""
    return f"'self' {origin_of(end_session)}" if end_session else "'self'"


def signed_out() -> HTMLResponse:
    """Offer the way in."""
    return page("You are not signed in", Markup('<p><a class="button" href="/sign-in">Sign in</a></p>'))


def no_role(ask: str) -> HTMLResponse:
    """Say that the issuer knows somebody to whom the hub gives nothing."""
    body = f"<p>You are signed in at your own organisation, and to nothing here.</p><p>Ask {text(ask)}.</p>"
    return page("Your account has no role here", Markup(body), 403)


def not_signed_in(reference: str) -> HTMLResponse:
    """Say that it did not work, the same whatever was wrong."""
    body = (
        '<p>That did not work. <a href="/sign-in">Sign in again</a> from the beginning.</p>'
        f"<p>If it happens again, tell your service desk this reference: <b>{text(reference)}</b>.</p>"
    )
    return page("You were not signed in", Markup(body), 400)


def not_now(reference: str) -> HTMLResponse:
    """Say that something that is needed is away."""
    body = (
        "<p>Something that signing in needs is not answering. Try again in a few minutes.</p>"
        f"<p>If it happens again, tell your service desk this reference: <b>{text(reference)}</b>.</p>"
    )
    return page("You cannot sign in just now", Markup(body), 503)


def too_many(reference: str) -> HTMLResponse:
    """Say that too many sign-ins were begun from where somebody is."""
    body = (
        "<p>Very many sign-ins were begun from where you are. Try again in ten minutes.</p>"
        f"<p>If it happens again, tell your service desk this reference: <b>{text(reference)}</b>.</p>"
    )
    return page("You cannot sign in just now", Markup(body), 429)


def out_of_this_browser() -> HTMLResponse:
    """Say that a session could not be ended, and that this browser has it no more."""
    body = (
        "<p>This browser is signed out. The hub could not end your session just now: it ends by itself when it has not"
        " been used for a while.</p><p>If somebody else may have used it, tell your service desk.</p>"
    )
    return page("You are signed out of this browser", Markup(body), 503)


def no_such_page() -> HTMLResponse:
    """Say that there is no such page."""
    return page("There is no such page", Markup('<p><a href="/sign-in">Sign in</a></p>'), 404)
