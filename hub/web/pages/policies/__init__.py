"""The rules, as information governance officers see and change them."""
