"""Why an agency decides not to share."""

from schema.described import Described, closed_list


@closed_list
class NotSharingReason(Described):
    """Why an agency does not share; words that would say more are sealed beside it."""

    RISK_TO_CHILD = "RISK_TO_CHILD", "Sharing would put the child at risk."
    RISK_TO_OTHERS = "RISK_TO_OTHERS", "Sharing would put somebody else at risk."
    INVESTIGATION = "INVESTIGATION", "Sharing would harm an investigation or proceedings."
    CONFIDENCE = "CONFIDENCE", "It was told in confidence, and nothing outweighs that."
    NOT_PROPORTIONATE = "NOT_PROPORTIONATE", "It is more than any of the purposes needs."
    COURT_ORDER = "COURT_ORDER", "A court has forbidden it."
