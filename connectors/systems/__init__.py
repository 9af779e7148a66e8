"""One folder per kind of system; each exports ``connect(source) -> Connector``."""
