"""Words of governance: what officers and workers record, decide and look at. Nothing here is an agency's record."""
