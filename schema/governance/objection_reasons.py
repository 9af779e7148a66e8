"""What an objection came to, and why."""

from schema.described import Described, closed_list


@closed_list
class ObjectionReason(Described):
    """What an objection came to, and why; words that would say more are sealed beside it."""

    NO_COMPELLING_GROUNDS = "NO_COMPELLING_GROUNDS", "Nothing compelling outweighs the person's interests."
    SAFEGUARDING = "SAFEGUARDING", "Safeguarding the child outweighs the objection."
    LEGAL_DUTY = "LEGAL_DUTY", "The law lays the processing upon the body as a duty."
    LEGAL_CLAIMS = "LEGAL_CLAIMS", "It is needed for legal claims."
    WITHDRAWN = "WITHDRAWN", "The person took the objection back."
