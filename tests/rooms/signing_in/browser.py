"""A browser, as far as signing in is concerned: it keeps cookies by origin, follows redirects and sends forms."""

import re
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

FORM = re.compile(r'<form[^>]* action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="([^"]+)"\s+value="([^"]*)"')

ME = "{ me { name role organisation } }"


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass
class Browser:
    """One browser; ``seen`` is every address it was sent to, ``jar`` its cookies by origin."""

    client: httpx2.AsyncClient
    jar: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    flags: dict[str, str] = field(default_factory=dict)

    async def send(
        self, method: str, url: str, *, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx2.Response:
        """Send one request with this origin's cookies, and keep those that come back."""
        kept = self.jar.setdefault(origin(url), {})
        given = {"cookie": "; ".join(f"{name}={value}" for name, value in kept.items())} if kept else {}
        answer = await self.client.request(method, url, headers=given | (headers or {}), **body)
        self.client.cookies.clear()  # browsers of one client share nothing
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.flags[name] = line
                if morsel["max-age"] == "0" or not morsel.value:
                    kept.pop(name, None)
                else:
                    kept[name] = morsel.value
        return answer

    async def get(self, url: str, *, until: str = "") -> httpx2.Response:
        """Open an address and follow redirects, but none to an address that holds ``until``."""
        self.seen.append(url)
        answer = await self.send("GET", url)
        return await self.follow(url, answer, until)

    async def follow(self, url: str, answer: httpx2.Response, until: str = "") -> httpx2.Response:
        """Follow redirects."""
        for _ in range(12):
            if "location" not in answer.headers:
                return answer
            url = urljoin(url, answer.headers["location"])
            self.seen.append(url)
            if until and until in url:
                return answer
            answer = await self.send("GET", url)
        raise AssertionError("redirected for ever")

    async def submit(self, shown: httpx2.Response, *, until: str = "", **given: str) -> httpx2.Response:
        """Send the first form of a page, as a page of that origin does."""
        found = FORM.search(shown.text)
        assert found, shown.text
        url = urljoin(str(shown.url), unescape(found[1]))
        fields = {unescape(n): unescape(v) for n, v in FIELD.findall(found[2])} | given
        headers = {"origin": origin(url), "sec-fetch-site": "same-origin"}
        self.seen.append(url)
        answer = await self.send("POST", url, headers=headers, data=fields)
        return await self.follow(url, answer, until)

    async def ask(self, url: str, query: str = ME, *, of: str = "", **headers: str) -> httpx2.Response:
        """Ask a question as a page of the hub does, whose public address is ``of`` where that is another."""
        given = {"origin": of or origin(url), "sec-fetch-site": "same-origin", "x-hub-request": "1"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        given = {name: value for name, value in given.items() if value}
        return await self.send("POST", f"{url}/graphql", json={"query": query}, headers=given)

    def cookie(self, url: str) -> str:
        """Give the session's cookie."""
        return self.jar[origin(url)]["hub-session"]
