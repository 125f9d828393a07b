"""The modes of what is made in a catalog folder follow from the mode of that folder alone."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.files.open_folder import LinkError, OpenFolder
from huggingnersc.adapters.files.shared_files import (
    explained,
    file_mode,
    folder_mode,
    read_content,
    unreadable,
    writers_mode,
)
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message, ShellCommand
from tests.adapters.catalogs import write_dataset

if TYPE_CHECKING:
    from huggingnersc.fixes import Text


@pytest.mark.parametrize(
    ("root", "file", "folder", "writers"),
    [
        (0o700, 0o600, 0o700, 0o2700),
        (0o755, 0o644, 0o755, 0o2700),
        (0o2750, 0o640, 0o2750, 0o2700),
        (0o2770, 0o660, 0o2770, 0o2770),
        (0o2775, 0o664, 0o2775, 0o2770),
        (0o777, 0o664, 0o777, 0o2777),
        (0o1777, 0o664, 0o777, 0o2777),
    ],
)
def test_modes_follow_from_that_of_the_catalog_folder(
    tmp_path: Path, root: int, file: int, folder: int, writers: int
) -> None:
    tmp_path.chmod(root)
    status = tmp_path.stat()
    modes = (file_mode(status), folder_mode(status), writers_mode(status))
    assert modes == (file, folder, writers)


def test_the_folder_of_removed_datasets_hands_on_its_group(root: Path) -> None:
    root.chmod(0o755)
    write_dataset(root)
    RemovedDatasets(root).remove("iris")
    assert S_IMODE((root / ".removed").stat().st_mode) == 0o2755


@pytest.mark.parametrize(("filename", "end"), [(None, "full."), ("/a\x1bb", "full (/a b).")])
def test_a_failed_write_names_the_file_where_it_is_known(
    tmp_path: Path, filename: str | None, end: str
) -> None:
    with pytest.raises(DatasetError) as caught, explained(tmp_path):
        raise OSError(errno.ENOSPC, "full", filename)
    assert str(caught.value).endswith(end)


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (PermissionError(errno.EACCES, "denied"), "Ask its owner to let you read it."),
        (OSError(errno.EIO, "broken"), Message("See what is there: ", ShellCommand("ls -ld /a"))),
        (
            LinkError(Path("/a/b")),
            Message(
                "Find out who put it there (ls -l), then remove the link: ",
                ShellCommand("rm /a/b"),
            ),
        ),
    ],
)
def test_what_cannot_be_read_has_its_next_step(error: OSError, hint: Text) -> None:
    found = unreadable(Path("/a"), error)
    assert found.hint == hint
    assert str(found).startswith("/a/b cannot" if isinstance(error, LinkError) else "/a cannot")


def test_what_is_no_regular_file_is_reported_and_what_is_gone_is_not(root: Path) -> None:
    folder = write_dataset(root)
    os.mkfifo(folder / "pipe")

    class LosesAFile(OpenFolder):
        @property
        def names(self) -> list[str]:
            return [*super().names, "removed meanwhile"]

    with OpenFolder.at(folder) as opened, LosesAFile(folder, os.dup(opened._descriptor)) as losing:
        content = read_content(losing, root.stat())
    assert set(content.doubts) == {"pipe"}
    assert "iris_info.json" in content.files
