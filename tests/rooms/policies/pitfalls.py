"""How Casbin is known to fail open, and the tests that show that our loader and our decisions do not."""

PITFALLS: dict[str, tuple[str, ...]] = {
    "`Deny` in capitals is ignored": ("test_an_effect_is_spelt_exactly",),
    "a missing effect means allow": ("test_an_effect_is_never_missing",),
    "an empty policy under deny-override is leave to do anything": (
        "test_no_rules_is_no_rulebook",
        "test_denies_alone_permit_nothing",
    ),
    "a stored expression can escape its parentheses": ("test_no_expression_is_ever_stored",),
    "whether a wrong row is noticed depends on the order of rows": ("test_a_wrong_row_is_found_wherever_it_stands",),
    "`regexMatch` matches beginnings": ("test_words_are_matched_whole", "test_an_agency_is_no_pattern"),
    "values are compared as strings": ("test_ceilings_are_ranked_not_spelt",),
    "role links beyond a depth of ten vanish, and denies with them": ("test_roles_are_flat",),
    "conditional roles that have expired are honoured": ("test_roles_are_flat", "test_what_has_ended_is_not_honoured"),
    "`FastEnforcer` skips denies written with a wildcard": ("test_a_wildcard_deny_counts",),
    "`FastEnforcer` is wrong under concurrency": ("test_decisions_are_the_same_under_threads",),
    "loading policies into a live enforcer allows what is denied": (
        "test_a_rulebook_never_changes",
        "test_swapping_rulebooks_never_allows_what_both_deny",
    ),
    "a request for the field `*` passes every deny": (
        "test_an_unknown_field_is_refused",
        "test_an_unknown_asker_is_refused",
    ),
    "`enforce_ex` explains by one row only": ("test_every_rule_that_applied_is_named",),
    "denied requests are logged with all their values": ("test_nothing_is_logged",),
    "`AsyncEnforcer.enforce` blocks the event loop": ("test_casbin_is_the_referees_alone",),
    "threads on Python 3.11 raise `SystemError`, since it parses at each call": (
        "test_the_referee_is_asked_by_one_at_a_time",
    ),
}
