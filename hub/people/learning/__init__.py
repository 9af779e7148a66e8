"""Learning: weights from a place's own lists, offline, by Splink; nothing of it runs in the gateway."""
