"""Why something is not shown, and the way forward."""
