"""Each agency's own records, written from the truth in the agency's own layout."""
