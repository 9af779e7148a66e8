"""The contact sheet: who is involved, on one sheet of paper."""
