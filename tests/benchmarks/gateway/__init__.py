"""The programs that the benchmark of the gateway runs beside each other, and how they are timed."""
