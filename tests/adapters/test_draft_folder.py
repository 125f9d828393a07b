from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.draft_folder import default_folder, require_outside, write_folder
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message, Option
from tests.adapters.catalogs import umask
from tests.builders import write_tree
from tests.conftest import ROOT
from tests.mode_bits import under_mode_bits

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = (PlannedFile("a.json", b"new a"), PlannedFile("b.py", b"new b"))


def tree(root: Path) -> dict[str, str]:
    return {
        str(file.relative_to(root)): file.read_text(encoding="utf-8")
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


@pytest.mark.parametrize(
    ("here", "data", "expected"),
    [
        (".", "data", "iris"),
        (".", "iris", "iris_draft"),
        (".", "iris/deep", "iris_draft"),
        ("data/deep", "../../data", "../../iris_draft"),
    ],
)
def test_a_draft_is_made_beside_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str, data: str, expected: str
) -> None:
    (tmp_path / here).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path / here)
    Path(data).mkdir(parents=True, exist_ok=True)
    assert default_folder("iris", Path(data)) == Path(expected)


def test_a_folder_within_the_data_is_refused_and_one_outside_is_offered(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    require_outside(tmp_path / "draft", data)
    for inside in (data, data / "draft", tmp_path / "other/../data/draft"):
        with pytest.raises(DatasetError) as caught:
            require_outside(inside, data)
        offered = Option(Field.OUTPUT, str(tmp_path / "data_draft"))
        assert caught.value.hint == Message("Give a folder outside it: ", offered)


def test_new_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    write_folder(tmp_path / "x/y", FILES)
    assert tree(tmp_path) == {"x/y/a.json": "new a", "x/y/b.py": "new b"}


def test_folder_with_other_files_takes_the_new_ones(tmp_path: Path) -> None:
    write_tree(tmp_path, {"y/c.txt": "mine"})
    write_folder(tmp_path / "y", FILES)
    assert tree(tmp_path) == {"y/a.json": "new a", "y/b.py": "new b", "y/c.txt": "mine"}


@pytest.mark.parametrize("is_link", [False, True])
def test_existing_file_is_never_overwritten_and_nothing_else_is_written(
    tmp_path: Path, is_link: bool
) -> None:
    write_tree(tmp_path, {"y/c.txt": "mine"})
    if is_link:
        (tmp_path / "y/b.py").symlink_to("nowhere")
    else:
        write_tree(tmp_path, {"y/b.py": "mine"})
    before = tree(tmp_path)
    with pytest.raises(DatasetError, match=r"/y .*\bb\.py;") as caught:
        write_folder(tmp_path / "y", FILES)
    assert isinstance(caught.value.hint, Message)
    assert Option(Field.FORCE) in caught.value.hint.parts
    assert tree(tmp_path) == before


def test_existing_file_is_reported_before_anything_is_written(tmp_path: Path) -> None:
    write_tree(tmp_path, {"y/a.json": "mine"})
    unwritable = PlannedFile("no such folder/b.py", b"")
    with pytest.raises(DatasetError, match=r"a\.json; nothing"):
        write_folder(tmp_path / "y", (FILES[0], unwritable))


class Overtaken(tuple[PlannedFile, ...]):
    """Files of which someone else creates the last one after it was checked that none exists."""

    folder: Path
    passes = 0

    def __iter__(self) -> Iterator[PlannedFile]:
        self.passes += 1
        if self.passes > 1:
            write_tree(self.folder, {self[-1].path: "theirs"})
        return super().__iter__()


def test_file_that_appears_meanwhile_is_kept_and_nothing_is_left(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "y", {"c.txt": "mine"})
    overtaken = Overtaken(FILES)
    overtaken.folder = folder
    with pytest.raises(DatasetError, match=r"b\.py; nothing"):
        write_folder(folder, overtaken)
    assert tree(tmp_path) == {"y/b.py": "theirs", "y/c.txt": "mine"}
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


def test_force_replaces_the_files_it_names_and_no_others(tmp_path: Path) -> None:
    write_tree(tmp_path, {"y/b.py": "mine", "y/c.txt": "mine"})
    write_folder(tmp_path / "y", FILES, force=True)
    assert tree(tmp_path) == {"y/a.json": "new a", "y/b.py": "new b", "y/c.txt": "mine"}


def test_force_replaces_a_link_and_not_what_it_leads_to(tmp_path: Path) -> None:
    write_tree(tmp_path, {"y/c.txt": "", "precious.py": "mine"})
    (tmp_path / "y/b.py").symlink_to(tmp_path / "precious.py")
    write_folder(tmp_path / "y", FILES, force=True)
    assert (tmp_path / "precious.py").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "y/b.py").read_text(encoding="utf-8") == "new b"


def test_folder_name_that_is_a_file_is_refused_by_the_name_that_was_given(tmp_path: Path) -> None:
    write_tree(tmp_path, {"y": "mine"})
    with pytest.raises(DatasetError) as caught:
        write_folder(tmp_path / "y", FILES)
    assert isinstance(caught.value.__cause__, NotADirectoryError)
    assert str(caught.value).startswith(f"{tmp_path / 'y'} ")
    assert "staged" not in str(caught.value)
    with pytest.raises(DatasetError, match=r"/y/z/w .*\(.*/y/z\)"):
        write_folder(tmp_path / "y/z/w", FILES)
    assert tree(tmp_path) == {"y": "mine"}


def test_folder_in_a_parent_that_is_closed_takes_the_files(tmp_path: Path) -> None:
    """As `--output .` does in a home folder."""
    (tmp_path / "closed/y").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o555)
    program = (
        "import sys; from pathlib import Path\n"
        "from huggingnersc.adapters.draft_folder import write_folder\n"
        "from huggingnersc.domain.planned_file import PlannedFile\n"
        "write_folder(Path(sys.argv[1]), [PlannedFile('a.json', b'new a')])\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "closed/y")]
    done = subprocess.run(
        under_mode_bits(*words), capture_output=True, text=True, check=False, cwd=ROOT
    )
    (tmp_path / "closed").chmod(0o755)
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(tmp_path / "closed") == {"y/a.json": "new a"}


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder on another file system than that of `tmp_path`."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.mark.parametrize("force", [False, True])
def test_link_to_a_folder_of_another_file_system_takes_the_files(
    tmp_path: Path, elsewhere: Path, force: bool
) -> None:
    (tmp_path / "y").symlink_to(elsewhere)
    write_folder(tmp_path / "y", FILES, force=force)
    assert tree(elsewhere) == {"a.json": "new a", "b.py": "new b"}
    assert [path.name for path in elsewhere.iterdir() if path.is_dir()] == []


def test_full_disk_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """The second file is larger than the process may write."""
    write_tree(tmp_path, {"y/a.json": "mine"})
    program = (
        "import sys; from pathlib import Path\n"
        "from huggingnersc.adapters.draft_folder import write_folder\n"
        "from huggingnersc.domain.planned_file import PlannedFile\n"
        "from huggingnersc.errors import DatasetError\n"
        "files = [PlannedFile('a.json', b'new'), PlannedFile('b.py', b'x' * 100_000)]\n"
        "try:\n    write_folder(Path(sys.argv[1]), files, force=True)\n"
        "except DatasetError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "y"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),  # noqa: PLW1509, RUF100
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert "File too large" in done.stdout
    assert tree(tmp_path) == {"y/a.json": "mine"}
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.json", "home", "y"]


def test_new_files_have_the_modes_of_any_new_file(tmp_path: Path) -> None:
    write_folder(tmp_path / "y", FILES)
    (tmp_path / "any").mkdir()
    (tmp_path / "any/file").touch()
    for made, model in (("y", "any"), ("y/a.json", "any/file")):
        assert (tmp_path / made).stat().st_mode == (tmp_path / model).stat().st_mode


@pytest.mark.attack("catalog links")
@pytest.mark.parametrize("is_there", [False, True])
def test_what_is_drafted_is_closed_to_others_until_it_has_its_name(
    tmp_path: Path, is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[int] = set()
    write = Path.write_bytes

    def watched(file: Path, content: bytes) -> int:
        seen.add(next(tmp_path.rglob("*.staged-*")).stat().st_mode & 0o077)
        return write(file, content)

    monkeypatch.setattr(Path, "write_bytes", watched)
    if is_there:
        (tmp_path / "y").mkdir()
    with umask(0):
        write_folder(tmp_path / "y", FILES)
    assert seen == {0}
    assert tree(tmp_path) == {"y/a.json": "new a", "y/b.py": "new b"}
