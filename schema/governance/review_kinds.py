"""What an organisation's lead is to look at, and what they found."""

from schema.described import Described, closed_list


@closed_list
class ReviewAbout(Described):
    """What an organisation's lead is to look at."""

    OWN_NAME = "OWN_NAME", "Searched for somebody of the worker's own name."
    SAME_SURNAME = "SAME_SURNAME", "Searched for, or was shown, somebody of the worker's own surname."
    SAME_ADDRESS = "SAME_ADDRESS", "Searched for, or was shown, somebody at the worker's own postcode."
    COLLEAGUE = "COLLEAGUE", "Searched for somebody of a colleague's name."
    NO_CASE = "NO_CASE", "Opened somebody of whom the worker's organisation has no case."
    OUT_OF_HOURS = "OUT_OF_HOURS", "Asked outside the organisation's hours."
    BUDGET_REASON = "BUDGET_REASON", "Came to the number after which a reason is asked for."
    BUDGET_STOPPED = "BUDGET_STOPPED", "Came to a limit and was stopped."
    NUMBERS_IN_A_RUN = "NUMBERS_IN_A_RUN", "Asked for numbers one after another."
    MANY_MISSES = "MANY_MISSES", "Searched many times and found nobody."


@closed_list
class ReviewedAs(Described):
    """What a lead found."""

    IN_ORDER = "IN_ORDER", "There was a reason for it, and it was in order."
    NOT_IN_ORDER = "NOT_IN_ORDER", "There was no good reason for it; what follows is decided elsewhere."
    MISTAKE = "MISTAKE", "Somebody was chosen by mistake, and no more was made of it."
