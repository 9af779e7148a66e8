"""Source files: what is wrong is said by file and key, and a secret is never in one."""

from pathlib import Path

import pytest

from connectors.errors import SourceMisconfigured
from connectors.source import SecretRef, read_source, read_sources

GOOD = """
id = "housing"
service = "HOUSING"
name = "Housing"
owner = "Homes"
agency = "homes"
system = "plain"
"""


def write(folder: Path, text: str, name: str = "housing.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_source_is_read(tmp_path: Path) -> None:
    """A file gives a source with cautious limits."""
    source = read_source(write(tmp_path, GOOD))
    assert (source.id, source.path.name) == ("housing", "housing.toml")
    assert source.limits.budget().deadline == 3.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = ", "unreadable: housing.toml: TOMLDecodeError"),
        (GOOD + "colour = 1", "invalid: housing.toml: colour"),
        (GOOD.replace("HOUSING", "HOUSES"), "service"),
        (GOOD + "path = 'x'", "housing.toml"),
        (GOOD + "[limits]\ndeadline = 900", "limits.deadline"),
    ],
)
def test_a_wrong_file_says_where(tmp_path: Path, text: str, said: str) -> None:
    """The file and the key are named."""
    with pytest.raises(SourceMisconfigured, match=said):
        read_source(write(tmp_path, text))


def test_a_folder_of_sources(tmp_path: Path) -> None:
    """Every file is read, in order; two with one id are refused, and so is no folder."""
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace('id = "housing"', 'id = "a-housing"'), "a.toml")
    assert [s.id for s in read_sources(tmp_path)] == ["a-housing", "housing"]
    write(tmp_path, GOOD, "z.toml")
    with pytest.raises(SourceMisconfigured, match=r"z.toml and housing.toml are both housing"):
        read_sources(tmp_path)
    with pytest.raises(SourceMisconfigured, match="no-folder"):
        read_sources(tmp_path / "none")


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there cannot be read."""
    with pytest.raises(SourceMisconfigured, match="unreadable"):
        read_source(tmp_path / "none.toml")


def test_secrets_come_by_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a variable or a file, hidden in print; missing ones are named, not guessed."""
    monkeypatch.setenv("A_SECRET", "hush")
    assert SecretRef(env="A_SECRET").read().get_secret_value() == "hush"
    assert "hush" not in repr(SecretRef(env="A_SECRET").read())
    path = write(tmp_path, "whisper\n", "secret")
    assert SecretRef(file=path).read().get_secret_value() == "whisper"
    with pytest.raises(SourceMisconfigured, match="NO_SUCH"):
        SecretRef(env="NO_SUCH").read()
    with pytest.raises(SourceMisconfigured, match="cannot be read"):
        SecretRef(file=tmp_path / "none").read()
    with pytest.raises(ValueError, match="either env or file"):
        SecretRef()
