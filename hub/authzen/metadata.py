"""Metadata of the decision point (section 9 of the specification): where it is asked, for whoever finds it by name."""

import re
from collections.abc import Mapping
from typing import Final

from hub.authzen.wrong import Wrong

WELL_KNOWN: Final = "/.well-known/authzen-configuration"

ENDPOINTS: Final[Mapping[str, str]] = {
    "access_evaluation_endpoint": "/access/v1/evaluation",
    "access_evaluations_endpoint": "/access/v1/evaluations",
    "search_subject_endpoint": "/access/v1/search/subject",
    "search_resource_endpoint": "/access/v1/search/resource",
    "search_action_endpoint": "/access/v1/search/action",
}
"""Every endpoint by its parameter of the metadata."""

_HOST: Final = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def metadata(scheme: str, host: str) -> dict[str, str]:
    """Describe the decision point as it was found: its identifier is the address it was asked for at."""
    if _HOST.fullmatch(host) is None:
        raise Wrong("The Host header is not a host.")
    point = f"{scheme}://{host}"
    return {"policy_decision_point": point, **{name: f"{point}{path}" for name, path in ENDPOINTS.items()}}
