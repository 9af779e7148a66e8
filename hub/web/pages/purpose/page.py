"""Choose why one asks. It is remembered on the server with the session: it is in no address and no cookie."""

from typing import Final

from hub.graphql.asking import LONGEST_REASON, REFERENCE
from hub.identity.asks import Asks
from hub.web.pages.visit import Elsewhere, Shown, Visit
from hub.web.pages.words import OFFERED, PURPOSES

_CHOICES: Final = {p.value: p for p in OFFERED}


async def purpose(visit: Visit) -> Shown:
    """Show the choice, or remember it and go on to where it was asked for."""
    if visit.form is None:
        before = visit.session.asks
        chosen = before.purpose.value if before else ""
        given = (chosen, before.reference or "", before.reason or "") if before else ("", "", "")
        return _page(visit, given, {})
    given = (visit.form.get("purpose", ""), visit.form.get("reference", ""), visit.form.get("reason", ""))
    wrong = _wrong(*given)
    if wrong:
        return _page(visit, given, wrong)
    await visit.remember(Asks(_CHOICES[given[0]], given[1] or None, given[2] or None))
    raise Elsewhere(visit.back_to("/find"))


def _wrong(chosen: str, reference: str, reason: str) -> dict[str, str]:
    """Say what is wrong, by field."""
    wrong = {}
    if chosen not in _CHOICES:
        wrong["purpose"] = "Choose why you ask"
    elif not reference and _CHOICES[chosen].needs_reference:
        wrong["reference"] = f"{PURPOSES[_CHOICES[chosen]]} needs the reference of the referral or case"
    if reference and not REFERENCE.fullmatch(reference):
        wrong["reference"] = "The reference must be up to 64 letters, digits, spaces and / . _ -"
    if len(reason) > LONGEST_REASON:
        wrong["reason"] = f"Say why in at most {LONGEST_REASON} characters"
    return wrong


def _page(visit: Visit, given: tuple[str, str, str], wrong: dict[str, str]) -> Shown:
    chosen, reference, reason = given
    values = {
        "offered": OFFERED,
        "chosen": chosen,
        "reference": reference,
        "reason": reason,
        "errors": wrong,
        "back": visit.back_to("/find"),
    }
    return Shown("purpose/page.html", "Why do you ask?", values, 400 if wrong else 200)
