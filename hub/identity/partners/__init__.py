"""Partner systems: the clients an officer registered, the tokens the hub signs for them, and what each may ask."""
