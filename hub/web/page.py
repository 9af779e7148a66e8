"""A page: plain, accessible HTML made on the server, that runs no script and fetches nothing."""

import secrets
from dataclasses import dataclass
from html import escape

from starlette.responses import HTMLResponse

STYLE = (
    "body{font:1.1875rem/1.4 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#0b0c0c}"
    "h1{font-size:2rem;line-height:1.2}a{color:#1a65a6}"
    "button,.button{font:inherit;background:#0f7a52;color:#fff;border:0;padding:.6rem 1rem;margin:.25rem 0;"
    "cursor:pointer;text-decoration:none;display:inline-block}"
    "a:focus,button:focus{outline:3px solid #fd0;outline-offset:0;background:#fd0;color:#0b0c0c}"
    "li{margin:.5rem 0}dt{font-weight:bold}dd{margin:0 0 .5rem}"
)


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is safe to show: made here, with whatever came from elsewhere escaped."""

    html: str


def text(value: str) -> str:
    """Give text as HTML has it."""
    return escape(value, quote=True)


def page(title: str, body: Markup, status: int = 200, *, forms_to: str = "'self'") -> HTMLResponse:
    """Give a page; ``forms_to`` is where its forms may lead, redirects included."""
    nonce = secrets.token_urlsafe(16)
    html = (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{text(title)} - The Hub</title><style nonce="{nonce}">{STYLE}</style></head>'
        f"<body><main><h1>{text(title)}</h1>{body.html}</main></body></html>"
    )
    headers = PRIVATE | {
        "Content-Security-Policy": f"default-src 'none'; style-src 'nonce-{nonce}'; form-action {forms_to}; "
        "base-uri 'none'; frame-ancestors 'none'",
    }
    return HTMLResponse(html, status, headers)


PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every page and redirect of signing in says: kept by nobody, framed by nobody, and no address told elsewhere."""
