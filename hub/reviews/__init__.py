"""What an organisation's lead is to look at, by reference: nothing of a record is in it."""
