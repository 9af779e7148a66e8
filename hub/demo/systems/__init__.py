"""The agencies' systems, each run as a process of its own: ``python -m hub.demo.systems NAME …``."""
