"""The command line's commands, one a file. Each says what went wrong in a line and exits 1; a wrong call exits 2."""
