"""How many people one asker may look at: counted in the shared database, warned of, slowed, stopped and told of."""
