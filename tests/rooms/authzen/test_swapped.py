"""Swapping: an enforcement point that knows only the standard asks another process's hub, and shows the same."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx2

from connectors.contract import Held
from hub.authzen.evaluating import MOST
from hub.identity.development_issuer import DevelopmentIssuer
from hub.settings import Environment
from policies.decide import decide
from policies.facts import AgreementState, Asker, BasisState, ConsentState, Facts, NotToShare, ObjectionState
from policies.facts import RelationshipState as Relation
from policies.vocabulary import ROLES
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service
from tests.cast import CHILDREN, SERVICES, only, records_of, requester
from tests.house import RULES
from tests.rooms.authzen.asking import written
from tests.small_hub import settings_in

Shows = Callable[[Asker, Service, Facts, frozenset[FieldId], frozenset[Label]], frozenset[FieldId]]
"""A decision point, as an enforcement point sees it: which of these fields may be shown."""


def ours(
    asker: Asker, service: Service, facts: Facts, fields: frozenset[FieldId], labels: frozenset[Label]
) -> frozenset[FieldId]:
    """Decide in this process."""
    return decide(asker, {"one": (service, facts)}, fields, RULES)["one"].shown(labels)


@dataclass(frozen=True)
class Theirs:
    """A tiny client of the standard: it knows the decision point by its name alone."""

    client: httpx2.Client
    endpoint: str

    @classmethod
    def found_at(cls, name: str, token: str) -> "Theirs":
        """Find the decision point, and believe only one that says it is who was looked for."""
        client = httpx2.Client(headers={"authorization": f"Bearer {token}"})
        told = client.get(f"{name}/.well-known/authzen-configuration").json()
        assert told["policy_decision_point"] == name
        return cls(client, told["access_evaluations_endpoint"])

    def __call__(
        self, asker: Asker, service: Service, facts: Facts, fields: frozenset[FieldId], labels: frozenset[Label]
    ) -> frozenset[FieldId]:
        """Ask about some fields in one batch or a few."""
        shown: set[FieldId] = set()
        for some in _parted(sorted(fields)):
            asked = {"evaluations": [written(asker, service, field, labels, facts) for field in some]}
            told = self.client.post(self.endpoint, json=asked).json()["evaluations"]
            shown |= {field for field, one in zip(some, told, strict=True) if one["decision"] is True}
        return frozenset(shown)


def _parted(fields: list[FieldId]) -> Iterator[list[FieldId]]:
    return (fields[start : start + MOST] for start in range(0, len(fields), MOST))


def enforced(decides: Shows, asker: Asker, source: str, facts: Facts) -> list[Held]:
    """Show what a decision point lets be shown of what one source holds of Maya, and of one with a hidden address."""
    service, left = Service(SERVICES[source]), []
    for child in (CHILDREN["maya"], CHILDREN["hidden"]):
        for record in records_of(child, source) if source in child.sources else ():
            left += only([record], decides(asker, service, facts, frozenset(CATALOGUE), record.labels))
    return left


@contextmanager
def another_process(folder: Path) -> Iterator[tuple[str, str]]:
    """Run a hub of its own; yield its address and an officer's token."""
    settings = settings_in(folder)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environ |= {"HUB_ENV": "demo", "HUB_DATA": str(folder)}
    run = [sys.executable, "-c", "from hub.cli import main; main()", "serve", "--port", str(port)]
    token = DevelopmentIssuer(folder, Environment.DEMO).token(requester("ig-officer"), audience=settings.audience)
    with (folder / "log").open("w") as log, subprocess.Popen(run, env=environ, stdout=log, stderr=log) as process:
        try:
            yield _ready(f"http://127.0.0.1:{port}", process), token
        finally:
            process.terminate()
            process.wait(20)


def _ready(name: str, process: "subprocess.Popen[bytes]") -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx2.get(f"{name}/readyz").status_code == 200:
                return name
        except httpx2.TransportError:
            pass
        time.sleep(0.05)  # the door of another process can only be tried again
    raise AssertionError("the other hub did not start")


# One enforcement point, two decision points: ours in this process and another hub's over the wire. What it shows
# of the same records is the same, record by record and field by field.
def test_the_decision_point_can_be_swapped(tmp_path: Path) -> None:
    chance = Random(4)  # noqa: S311 -- a seeded choice of askers
    with another_process(tmp_path) as (name, token):
        theirs = Theirs.found_at(name, token)
        shown = []
        for source in ("social-care", "health", "police"):
            for role in chance.sample(sorted(ROLES), 3):
                asker = Asker(role, "cast-social-care", chance.choice(list(Purpose)[:5]))
                facts = Facts(
                    LawfulBasis.CHILDREN_ACT_1989_S47,
                    ConsentState.GIVEN,
                    AgreementState.IN_FORCE,
                    Relation.REFERENCE_GIVEN,
                    own=source == "social-care",
                    basis_state=BasisState.IN_FORCE,
                    objection=ObjectionState.NONE,
                    not_to_share=NotToShare.NONE,
                )
                by_ours, by_theirs = (enforced(point, asker, source, facts) for point in (ours, theirs))
                assert by_ours == by_theirs
                shown.append(len(by_ours))
        assert any(shown)
        assert not all(shown)
        theirs.client.close()
