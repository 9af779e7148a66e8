"""How is it going: the first figures."""
