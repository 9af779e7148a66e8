"""What an operator says of issuers: one TOML file, checked whole, so that every mistake is told at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from connectors.source import SecretRef
from hub.identity.naming import PARTNER
from hub.identity.sessions import SessionLimits, hashed
from policies.vocabulary import AGENCY, ROLES

Word = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Value = Word | Mapping[Word, Word]
"""What a claim must be, or what some object in it must hold."""

ENTRA: Final = "login.microsoftonline.com"
SHARED_TENANTS: Final = frozenset({"common", "organizations", "consumers"})
ENTRA_SUBJECT: Final = frozenset({"tid", "oid"})

_SHAPE: Final = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class RowConfig(BaseModel):
    """What claims mean: where all of ``when`` hold, a role at an organisation, or a team of people there."""

    model_config = _SHAPE

    when: Mapping[Word, Value] = Field(min_length=1)
    organisation: str
    role: str | None = None
    team: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$")] | None = None

    @field_validator("organisation")
    @classmethod
    def _an_agency(cls, value: str) -> str:
        if not AGENCY.fullmatch(value):
            raise ValueError("an agency's id, as in a source's file, such as county-council")
        return value

    @field_validator("role")
    @classmethod
    def _a_role(cls, value: str | None) -> str | None:
        if value is not None and value not in ROLES:
            raise ValueError(f"not a role: one of {', '.join(sorted(ROLES))}")
        return value

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.role is None and self.team is None:
            raise ValueError("gives nothing: say a role, a team or both")
        return self


class ChosenConfig(BaseModel):
    """Which of the roles an issuer lists was chosen: of ``list`` only the object whose ``key`` is the claim ``by``."""

    model_config = _SHAPE

    list: Word
    key: Word
    by: Word


class IssuerConfig(BaseModel):
    """One issuer: where it is, how the hub proves itself to it, what it insists on, and what claims mean."""

    model_config = _SHAPE

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
    name: Word
    issuer: str
    client_id: Word
    secret: SecretRef | None = None
    key: SecretRef | None = None
    key_id: Word | None = None
    certificate: SecretRef | None = None
    signing: Literal["ES256", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "EdDSA"] = "PS256"
    public: bool = False
    scopes: tuple[Word, ...] = ("openid", "profile")
    algorithms: tuple[Literal["ES256", "PS256", "RS256", "EdDSA", "Ed25519"], ...] = Field(("RS256",), min_length=1)
    subject: tuple[Word, ...] = Field(("sub",), min_length=1)
    name_claim: Word = "name"
    require: Mapping[Word, Word] = {}
    acr: tuple[Word, ...] = ()
    max_age: Annotated[int, Field(ge=0, le=86_400)] | None = None
    prompt: Literal["login", "select_account"] | None = None
    userinfo: bool = False
    chosen: ChosenConfig | None = None
    sign_out_there: bool = True
    rows: tuple[RowConfig, ...] = Field(min_length=1, alias="map")

    @field_validator("id")
    @classmethod
    def _nobody_elses(cls, value: str) -> str:
        if value == PARTNER:
            raise ValueError("is kept for partners' clients: choose another")
        return value

    @field_validator("issuer")
    @classmethod
    def _an_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        whole = bool(host) and parts.scheme in {"http", "https"} and parts.username is None
        if not whole or parts.query or parts.fragment:
            raise ValueError("the issuer's own address, as its tokens have it in iss, such as https://id.example.org")
        return value

    @field_validator("scopes")
    @classmethod
    def _openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value:
            raise ValueError("must have openid among them")
        return value

    @model_validator(mode="after")
    def _proves_itself(self) -> Self:
        if [self.secret is not None, self.key is not None, self.public].count(True) != 1:
            raise ValueError("say how the hub proves itself: one of secret, key (private_key_jwt) or public = true")
        if self.key is None and (self.key_id is not None or self.certificate is not None):
            raise ValueError("key_id and certificate go with key")
        return self

    @model_validator(mode="after")
    def _pinned(self) -> Self:
        parts = urlsplit(self.issuer)
        if parts.hostname != ENTRA:
            return self
        tenant = parts.path.strip("/").partition("/")[0]
        if tenant in SHARED_TENANTS or "{" in tenant or not tenant:
            raise ValueError(
                "Entra ID: pin the council's own tenant, https://login.microsoftonline.com/TENANT-ID/v2.0; "
                "common and organizations let anybody's tenant sign in"
            )
        if self.require.get("tid") != tenant:
            raise ValueError(f'Entra ID: require = {{ tid = "{tenant}" }}, so that only that tenant\'s people sign in')
        if frozenset(self.subject) != ENTRA_SUBJECT:
            raise ValueError('Entra ID: subject = ["tid", "oid"]; sub and e-mail addresses are not who somebody is')
        return self

    @property
    def digest(self) -> str:
        """Give a digest of all that is configured: a session begun under another does not stand."""
        return hashed(orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS).decode())


class SessionsConfig(BaseModel):
    """How long sessions last, in minutes."""

    model_config = _SHAPE

    idle: Annotated[int, Field(ge=1, le=480)] = 30
    longest: Annotated[int, Field(ge=1, le=1_440)] = 600
    lately: Annotated[int, Field(ge=1, le=60)] = 5
    one_each: bool = False

    @property
    def limits(self) -> SessionLimits:
        """Give them in seconds."""
        return SessionLimits(self.idle * 60, self.longest * 60, self.lately * 60, self.one_each)


class SignInConfig(BaseModel):
    """The whole file. ``ask`` says whom to ask for a role, in words that are shown."""

    model_config = _SHAPE

    ask: Word
    sessions: SessionsConfig = SessionsConfig()
    issuers: tuple[IssuerConfig, ...] = Field(min_length=1, alias="issuer")
    path: Path = Path()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what, found in (
            ("id", [i.id for i in self.issuers]),
            ("issuer", [i.issuer for i in self.issuers]),
        ):
            if len(set(found)) < len(found):
                raise ValueError(f"two issuers have the same {what}: give each its own")
        return self

    def by_id(self) -> dict[str, IssuerConfig]:
        """Give the issuers by their ids."""
        return {issuer.id: issuer for issuer in self.issuers}
