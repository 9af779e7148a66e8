"""Drops that mean harm: a link out of the folder, a clock ahead, a small file that unpacks to a large one."""

import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from connectors.errors import SourceBroken
from connectors.transports.files import FileLayout, Folder
from connectors.transports.places import OnDisk
from connectors.transports.tables import Bounds

CSV = "who,team\n1,North\n"


def folder(path: Path, name: str, bounds: Bounds | None = None) -> Folder:
    layouts = {"t": FileLayout(name=name)}
    columns = {"t": frozenset({"who", "team"})}
    return Folder(OnDisk(path), layouts, columns, lambda _, row: [row["who"]], bounds or Bounds())


@pytest.mark.parametrize("name", ["t.csv", "t*.csv"])
async def test_a_link_to_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Whoever may leave a drop may not have the hub read another file; a link within the folder is a drop."""
    (tmp_path / "out").mkdir()
    (tmp_path / "kept.csv").write_text(CSV)
    (tmp_path / "out" / "t.csv").symlink_to(tmp_path / "kept.csv")
    with pytest.raises(SourceBroken, match="link-elsewhere"):
        await folder(tmp_path / "out", name).read("t")
    (tmp_path / "out" / "t.csv").unlink()
    (tmp_path / "out" / "today.txt").write_text(CSV)
    (tmp_path / "out" / "t.csv").symlink_to("today.txt")
    assert len((await folder(tmp_path / "out", name).read("t")).rows) == 1


async def test_a_drop_of_a_day_that_has_not_come_is_as_of_its_reading(tmp_path: Path) -> None:
    """A clock that is ahead cannot keep an old drop fresh for years."""
    (tmp_path / "t.csv").write_text(CSV)
    os.utime(tmp_path / "t.csv", (4e9, 4e9))
    drop = await folder(tmp_path, "t.csv").read("t")
    assert timedelta(0) <= datetime.now(UTC) - drop.as_of < timedelta(minutes=1)


async def test_a_workbook_that_unpacks_to_far_more_than_itself_is_refused(tmp_path: Path) -> None:
    """Beyond the bytes allowed and twenty times its size it is a bomb, however small it is; an honest one is read."""
    book = openpyxl.Workbook()
    book.active.append(["who", "team"])
    book.active.append(["1", "North"])
    book.save(tmp_path / "t.xlsx")
    bounds = Bounds(bytes=100_000)
    assert len((await folder(tmp_path, "t.xlsx", bounds).read("t")).rows) == 1
    with zipfile.ZipFile(tmp_path / "t.xlsx", "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/more.xml", b" " * 400_000)
    with pytest.raises(SourceBroken, match="too-large"):
        await folder(tmp_path, "t.xlsx", bounds).read("t")
