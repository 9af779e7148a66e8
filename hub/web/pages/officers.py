"""The officers' pages by their paths. Each is barred to every other role here, so that none can forget it."""

from typing import Final

from hub.web.navigation import OFFICERS
from hub.web.pages.audit.child.page import child
from hub.web.pages.audit.family.page import family
from hub.web.pages.audit.ledger.page import ledger
from hub.web.pages.audit.source.page import source
from hub.web.pages.audit.unusual.page import unusual
from hub.web.pages.audit.worker.page import worker
from hub.web.pages.feedback.said.page import said
from hub.web.pages.judging.page import judge, queue
from hub.web.pages.only import only
from hub.web.pages.policies.agreements.page import agreements
from hub.web.pages.policies.cell.page import cell
from hub.web.pages.policies.change.page import change, new_rule
from hub.web.pages.policies.decision.page import decision
from hub.web.pages.policies.importing.page import bring_in
from hub.web.pages.policies.matrix.page import matrix
from hub.web.pages.policies.rule.page import rule
from hub.web.pages.policies.rules.page import rules
from hub.web.pages.policies.version.page import version
from hub.web.pages.policies.versions.page import versions
from hub.web.pages.policies.who_can.page import who
from hub.web.pages.visit import Page

_PAGES: Final[dict[str, tuple[Page, list[str]]]] = {
    "/emergency-reviews": (queue, ["GET"]),
    "/emergency-reviews/{reference}": (judge, ["GET", "POST"]),
    "/policies": (matrix, ["GET"]),
    "/policies/cell": (cell, ["GET"]),
    "/policies/rules": (rules, ["GET"]),
    "/policies/rules/{rule}": (rule, ["GET"]),
    "/policies/rules/{rule}/change": (change, ["GET", "POST"]),
    "/policies/new-rule": (new_rule, ["GET", "POST"]),
    "/policies/who": (who, ["GET"]),
    "/policies/decision": (decision, ["GET", "POST"]),
    "/policies/versions": (versions, ["GET"]),
    "/policies/versions/{version}": (version, ["GET", "POST"]),
    "/policies/agreements": (agreements, ["GET", "POST"]),
    "/policies/agreements/import": (bring_in, ["GET", "POST"]),
    "/audit": (child, ["GET", "POST"]),
    "/audit/worker": (worker, ["GET", "POST"]),
    "/audit/source": (source, ["GET"]),
    "/audit/unusual": (unusual, ["GET"]),
    "/audit/family": (family, ["GET", "POST"]),
    "/audit/ledger": (ledger, ["GET", "POST"]),
    "/feedback/said": (said, ["GET", "POST"]),
}

OFFICERS_PAGES: Final = {path: (only(OFFICERS, page), methods) for path, (page, methods) in _PAGES.items()}
"""Every officers' page by its path, with the methods it takes."""
