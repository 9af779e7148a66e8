"""What the benchmark of the person index is made of."""
