"""Who looked, and why: for information governance officers, of what concerns their own agency."""
