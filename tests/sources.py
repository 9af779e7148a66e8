"""Sources for tests: the demo place's own templates, pointed at a test's server."""

from pathlib import Path
from string import Template

from connectors.source import SourceConfig, read_source

TEMPLATES = Path(__file__).parents[1] / "hub" / "demo" / "sources"
SECRET = "s3cret-of-the-test"


def demo_source(name: str, base: str, folder: Path) -> SourceConfig:
    """Read a demo source whose base address and secret are a test's."""
    (folder / name).write_text(SECRET)
    url = name.replace("-", "_").upper() + "_URL"
    text = Template((TEMPLATES / f"{name}.toml").read_text("utf-8")).substitute({url: base, "SECRETS": str(folder)})
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return read_source(path)
