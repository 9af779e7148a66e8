"""The door under load: so many questions at once, so many waiting, and whoever would wait too long told at once."""
