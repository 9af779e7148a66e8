"""What the tests of the demo place share: its day and size, its HTTP systems, and their credentials."""

import base64
from collections.abc import Callable
from datetime import date

import httpx2

from hub.demo.agencies import STAFF_DIRECTORY, Source
from hub.demo.place import DemoPlace

TODAY = date(2026, 11, 21)
CHILDREN = 40

Ask = Callable[[str], httpx2.AsyncClient]


def credential(place: DemoPlace, system: str) -> dict[str, str]:
    """Give the header a system wants."""
    secret = (place.secrets / system).read_text()
    match system:
        case Source.YOUTH_JUSTICE:
            return {"X-Api-Key": secret}
        case Source.HOUSING:
            return {"Authorization": "Basic " + base64.b64encode(f"hub:{secret}".encode()).decode()}
        case _:
            return {"Authorization": f"Bearer {secret}"}


HTTP_SYSTEMS = (
    Source.EDUCATION,
    Source.YOUTH_JUSTICE,
    Source.HOUSING,
    Source.POLICE,
    Source.HEALTH,
    STAFF_DIRECTORY,
)

A_PATH = {
    Source.EDUCATION: "/students",
    Source.YOUTH_JUSTICE: "/young-people",
    Source.HOUSING: "/people",
    Source.POLICE: "/record-types",
    Source.HEALTH: "/Patient",
    STAFF_DIRECTORY: "/staff?ids=EH501",
}
"""A path each HTTP system answers."""
