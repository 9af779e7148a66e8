"""The whole door over real HTTP: a bad token is refused alike wherever it is shown, and nothing is fetched for it."""

import io
import json
from pathlib import Path

import httpx2
import orjson
from aiohttp import web
from joserfc.jwk import ECKey

from hub.authzen.metadata import ENDPOINTS
from tests.rooms.identity.test_tokens import AUDIENCE, BAD, ISSUER, KEY, PUBLIC, WHO, header, resigned
from tests.serving import serving
from tests.small_hub import served, settings_in

ANYTHING = (b'{"query":"{ me { name } }"}', b'{"query":"{ me {"}', b"{", b"", b"\xff", b'{"query":"{ __schema { x"}')
"""Bodies from right to nothing at all: an asker without a token must not be able to tell which is which."""


def now() -> dict[str, object]:
    """Give a right token's times by the real clock."""
    import time

    second = int(time.time())
    return {"iat": second, "nbf": second, "exp": second + 600}


def alike(response: httpx2.Response) -> tuple[int, bytes, bytes]:
    """Give all a caller is told, but the request's own id and the date."""
    body = response.json()
    if isinstance(body, dict):
        assert body.pop("extensions")["requestId"]
    ours = {"date", "hub-request-id", "x-request-id"}
    return (
        response.status_code,
        orjson.dumps(body),
        orjson.dumps({k: v for k, v in response.headers.items() if k not in ours}),
    )


async def test_every_bad_token_is_refused_alike_and_nothing_is_fetched(tmp_path: Path) -> None:
    """G5: one status, one body, one set of headers at every endpoint; no request leaves for any of them but one."""
    asked: list[str] = []

    async def keys(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.path)
        return web.json_response({"keys": [key.as_dict(private=False) for key in PUBLIC.keys]})

    log = io.StringIO()
    async with serving(keys) as address:
        (tmp_path / "issuers.toml").write_text(
            f'[[issuer]]\nname = "t"\nissuer = "{ISSUER}"\naudience = "{AUDIENCE}"\n'
            f'organisations = ["{WHO.organisation}"]\njwks_url = "{address}/keys"\n',
            "utf-8",
        )
        lures = {
            name: resigned(header(**{name: value}), **now())
            for name, value in {
                "jku": f"{address}/jku",
                "x5u": f"{address}/x5u",
                "kid": f"{address}/kid",
                "jwk": ECKey.generate_key("P-256").as_dict(private=False),
            }.items()
        }
        settings = settings_in(tmp_path, issuers=tmp_path / "issuers.toml")
        async with served(settings, log) as (client, _):
            good = {"authorization": f"Bearer {resigned(header(), **now())}"}
            welcome = await client.post("/graphql", json={"query": "{ me { name } }"}, headers=good)
            assert welcome.json()["data"] == {"me": {"name": WHO.name}}
            assert asked == ["/keys"]
            tokens = [make() for why, make in BAD.items() if why != "nothing"] + list(lures.values())
            for path in ("/graphql", *list(ENDPOINTS.values())[:1]):
                told = set()
                for token in tokens:
                    sent = {"authorization": f"Bearer {token}".encode(), "content-type": b"application/json"}
                    told.add(alike(await client.post(path, content=ANYTHING[0], headers=sent)))  # type: ignore[arg-type] # bytes are what is sent
                ((status, _, headers),) = told
                assert status == 401
                assert json.loads(headers)["www-authenticate"] == 'Bearer error="invalid_token"'
            assert asked == ["/keys"]
            assert (await client.post("/graphql", json={"query": "{ me { name } }"}, headers=good)).status_code == 200
    assert not any(token in log.getvalue() for token in tokens if len(token) > 5)


async def test_whoever_is_not_signed_in_reaches_no_parser(tmp_path: Path) -> None:
    """G3: right, wrong and endless bodies of nobody in particular are all answered one way, before they are read."""
    async with served(settings_in(tmp_path), io.StringIO()) as (client, _):
        for sent in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic eDp5"}):
            headers = {"content-type": "application/json"} | sent
            told = {alike(await client.post("/graphql", content=body, headers=headers)) for body in ANYTHING}
            told.add(alike(await client.post("/graphql", content=b"x" * 300_000, headers=headers)))
            assert len(told) == 1
        twice = [("authorization", f"Bearer {KEY.kid}"), ("authorization", "Bearer x")]
        assert (await client.post("/graphql", content=b"{}", headers=twice)).status_code == 401
        none = await client.post("/graphql", content=b"{}")
        assert none.headers["www-authenticate"] == "Bearer"
