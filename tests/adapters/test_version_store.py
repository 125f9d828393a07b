from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.inventory.known_hashes import lines_of
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.loading.loading import NO_LOADING
from huggingnersc.domain.planned_file import PlannedFile, git_blob_id
from huggingnersc.domain.versions.documents import MOST_GIT_BYTES
from huggingnersc.domain.versions.version import public_bytes
from huggingnersc.errors import DatasetError, VersionDamagedError, VersionUnknownError
from tests.adapters.catalogs import NOBODY, needs_root, tree_of
from tests.versions import PICTURE, made_version, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.versions.version import Version

CARD = PlannedFile("README.md", b"# Iris\n")


@pytest.fixture
def store(root: Path) -> VersionStore:
    (root / "iris").mkdir()
    return VersionStore(root, "iris")


def keep(store: VersionStore, run: Path, name: str = "v1", **changes: Any) -> Version:
    version, files = made_version(run, name, **changes)
    store.promote(version, store.stage(version, files, [CARD]))
    return version


def test_a_version_is_read_back_as_it_was_made(store: VersionStore, tmp_path: Path) -> None:
    version = keep(store, tmp_path / "run")
    assert store.names == ("v1",)
    assert store.versions() == (version,)
    assert store.release("v1").files == (CARD,)
    assert store.read_bytes("v1", PICTURE, most=4) == b"\x89PNG"
    assert store.file("v1", "manifest.tsv") == store.path / "v1" / "manifest.tsv"
    assert store.problems(VersionHistory((recorded(version),))) == ()


def test_versions_are_in_the_order_of_their_time(store: VersionStore, tmp_path: Path) -> None:
    for name, time in (("v10", "2026-01-02T00:00:00Z"), ("v2", "2026-01-01T00:00:00Z")):
        keep(store, tmp_path / "run", name, created_at=time)
    assert [one.name for one in store.versions()] == ["v2", "v10"]


def test_what_is_staged_is_no_version_and_is_removed_by_the_next_one(
    store: VersionStore, root: Path, tmp_path: Path
) -> None:
    version, files = made_version(tmp_path / "run", "v7")
    VersionStore(root, "iris").stage(version, files).close()
    assert store.names == ()
    keep(store, tmp_path / "run", "v1")
    assert sorted(path.name for path in store.path.iterdir()) == ["v1"]


def test_only_what_is_staged_is_removed(store: VersionStore, tmp_path: Path) -> None:
    keep(store, tmp_path / "run", "v1.staged")
    (store.path / ".other").write_bytes(b"")
    keep(store, tmp_path / "run", "v2")
    assert sorted(path.name for path in store.path.iterdir()) == [".other", "v1.staged", "v2"]


@pytest.mark.attack("versions of others")
def test_a_folder_in_the_place_of_a_staged_one_is_neither_promoted_nor_removed(
    store: VersionStore, tmp_path: Path
) -> None:
    version, files = made_version(tmp_path / "run")
    staged = store.stage(version, files)
    (store.path / staged.path.name).rename(tmp_path / "moved")
    (store.path / staged.path.name).mkdir()
    with pytest.raises(DatasetError):
        store.promote(version, staged.folder())
    store.discard(staged)
    assert [path.name for path in store.path.iterdir()] == [staged.path.name]


def test_a_file_that_was_changed_meanwhile_makes_no_version(
    store: VersionStore, tmp_path: Path
) -> None:
    version, files = made_version(tmp_path / "run")
    files["manifest.tsv"].write_bytes(b"other\n")
    with pytest.raises(DatasetError):
        store.stage(version, files)
    assert list(store.path.iterdir()) == []


def test_a_version_is_never_replaced(store: VersionStore, tmp_path: Path) -> None:
    keep(store, tmp_path / "run")
    before = tree_of(store.path)
    version, files = made_version(tmp_path / "other", content=b"b\n")
    staged = store.stage(version, files)
    with pytest.raises(DatasetError):
        store.promote(version, staged)
    assert {p: c for p, c in tree_of(store.path).items() if p.startswith("v1")} == before


def test_modes_are_those_of_the_catalog(store: VersionStore, tmp_path: Path) -> None:
    version, files = made_version(tmp_path / "run")
    staged = store.stage(version, files)
    assert staged.status.st_mode & 0o777 == 0o750
    place = store.promote(version, staged)
    assert place.stat().st_mode & 0o777 == 0o755
    assert (place / "pictures").stat().st_mode & 0o777 == 0o755
    assert {path.stat().st_mode & 0o777 for path in place.rglob("*.*")} == {0o644}


def test_documents_are_read_as_they_were_made_whatever_others_put_in_their_place(
    store: VersionStore, tmp_path: Path
) -> None:
    version = keep(store, tmp_path / "run")
    documents = store.documents("v1")
    picture = store.path / "v1" / PICTURE
    with store.sources("v1", documents) as opened:
        picture.rename(tmp_path / "moved")
        picture.write_bytes(b"other")
        assert opened[f"version/{PICTURE}"].read_bytes() == b"\x89PNG\r\n"
        assert opened["version/version.json"].read_bytes() == public_bytes(version)
    with pytest.raises(VersionDamagedError), store.sources("v1", documents):
        pass


def test_the_largest_document_that_git_keeps_is_read_whole(
    store: VersionStore, tmp_path: Path
) -> None:
    content = bytes(MOST_GIT_BYTES)
    keep(store, tmp_path / "run", contents={PICTURE: content})
    (picture,) = (one for one in store.documents("v1") if one.source == PICTURE)
    assert git_blob_id(content) in picture.git_oids
    with (store.path / "v1" / PICTURE).open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(VersionDamagedError):
        store.documents("v1")


@pytest.mark.parametrize("content", [b"# Other\n", None])
def test_a_changed_or_missing_file_of_a_commit_is_damage(
    store: VersionStore, tmp_path: Path, content: bytes | None
) -> None:
    keep(store, tmp_path / "run")
    card = store.path / "v1" / "published/README.md"
    if content is None:
        card.unlink()
    else:
        card.write_bytes(content)
    with pytest.raises(VersionDamagedError):
        store.release("v1")


def test_the_path_of_a_missing_file_is_not_returned(store: VersionStore, tmp_path: Path) -> None:
    keep(store, tmp_path / "run")
    with pytest.raises(VersionDamagedError):
        store.file("v1", "none.tsv")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("version.json", b"{}"),
        ("manifest.tsv", b"other\n"),
        ("statistics.json", b'{"format": 2}\n'),
        (PICTURE, None),
        ("extra.txt", b"x"),
        ("pictures/extra.png", b"x"),
        ("published/README.md", b"# Other\n"),
        ("published/more.sh", b"x"),
        ("published.sha256", b""),
        ("published.sha256", b"../x"),
    ],
)
def test_every_change_of_a_version_is_found(
    store: VersionStore, tmp_path: Path, path: str, content: bytes | None
) -> None:
    version = keep(store, tmp_path / "run")
    file = store.path / "v1" / path
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    assert store.problems(VersionHistory((recorded(version),)))


def test_a_quick_look_reads_no_contents(store: VersionStore, tmp_path: Path) -> None:
    history = VersionHistory((recorded(keep(store, tmp_path / "run")),))
    statistics = store.path / "v1" / "statistics.json"
    statistics.write_bytes(statistics.read_bytes().replace(b"1", b"2"))
    assert store.problems(history, quick=True) == ()
    assert [one.where for one in store.problems(history)] == ["versions/v1/statistics.json"]
    statistics.write_bytes(b"{}")
    assert [one.where for one in store.problems(history, quick=True)] == [
        "versions/v1/statistics.json"
    ]


def test_a_quick_look_opens_two_files_and_three_folders_of_a_version(
    store: VersionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    really = os.open

    def counting(path: Any, *given: Any, **named: Any) -> int:
        opened.append(str(path))
        return really(path, *given, **named)

    history = VersionHistory()
    counts = []
    for number in (1, 2, 3):
        version = keep(store, tmp_path / str(number), f"v{number}")
        history = history.with_version(recorded(version), "", NO_LOADING)
        opened.clear()
        with monkeypatch.context() as patch:
            patch.setattr(os, "open", counting)
            assert store.problems(history, quick=True) == ()
        counts.append(len(opened))
    assert {after - before for before, after in pairwise(counts)} == {5}


def test_a_version_that_is_gone_or_not_recorded_is_found(
    store: VersionStore, tmp_path: Path
) -> None:
    version = keep(store, tmp_path / "run", "v2")
    lost = recorded(made_version(tmp_path / "run")[0])
    assert [one.where for one in store.problems(VersionHistory((lost,)))] == [
        "versions/v1", "versions/v2",
    ]  # fmt: skip
    assert store.problems(VersionHistory((recorded(version),))) == ()


@pytest.mark.attack("catalog links")
@pytest.mark.parametrize("path", ["", "v1", "v1/manifest.tsv", "v1/pictures"])
def test_no_link_below_the_catalog_is_followed(
    store: VersionStore, tmp_path: Path, path: str
) -> None:
    version = keep(store, tmp_path / "run")
    moved = tmp_path / "moved"
    (store.path / path).rename(moved)
    (store.path / path).symlink_to(moved)
    with pytest.raises(DatasetError):
        store.open("v1", "manifest.tsv" if path == "v1/manifest.tsv" else PICTURE)
    assert store.problems(VersionHistory((recorded(version),)))


@pytest.mark.attack("catalog hostile files")
def test_a_pipe_in_place_of_a_file_is_refused_at_once(store: VersionStore, tmp_path: Path) -> None:
    version = keep(store, tmp_path / "run")
    manifest = store.path / "v1" / "manifest.tsv"
    manifest.unlink()
    os.mkfifo(manifest)
    with pytest.raises(DatasetError):
        store.open("v1", "manifest.tsv")
    assert store.problems(VersionHistory((recorded(version),)))


def test_an_unknown_version_is_named_with_the_nearest_ones(
    store: VersionStore, tmp_path: Path
) -> None:
    keep(store, tmp_path / "run", "v1.2.0")
    for name in ("v1.2", "../v1.2.0", ".v1", ""):
        with pytest.raises(VersionUnknownError):
            store.read(name)
    with pytest.raises(VersionUnknownError) as caught:
        store.read("v1.2")
    assert "v1.2.0" in str(caught.value.hint)


def test_where_no_version_looks_like_it_the_last_ones_are_named(
    store: VersionStore, tmp_path: Path
) -> None:
    for name in ("v1", "v2", "v3", "v4"):
        keep(store, tmp_path / "run", name)
    with pytest.raises(VersionUnknownError) as caught:
        store.read("other")
    assert "v2, v3, v4" in str(caught.value.hint)
    assert "v1" not in str(caught.value.hint)


def test_a_version_under_another_name_is_damaged(store: VersionStore, tmp_path: Path) -> None:
    keep(store, tmp_path / "run")
    (store.path / "v1").rename(store.path / "v2")
    with pytest.raises(VersionDamagedError):
        store.read("v2")


def test_there_are_no_versions_where_there_is_no_folder(root: Path) -> None:
    store = VersionStore(root, "unknown")
    assert store.names == ()
    assert store.versions() == ()
    assert store.known_hashes is None
    with pytest.raises(VersionUnknownError):
        store.read("v1")


def test_known_hashes_are_replaced_as_a_whole(store: VersionStore, tmp_path: Path) -> None:
    source = tmp_path / "known"
    store.path.mkdir()
    (store.path / ".known_hashes.tsv.staged").write_bytes(b"of a killed run\n")
    for content in (b"first\n", b"second\n"):
        source.write_bytes(content)
        store.keep_known_hashes(source)
        assert store.known_hashes is not None
        assert store.known_hashes.read_bytes() == content
    assert [path.name for path in store.path.iterdir()] == ["known_hashes.tsv"]


@pytest.mark.attack("versions of others")
def test_known_hashes_that_others_could_write_are_not_used(
    store: VersionStore, tmp_path: Path
) -> None:
    source = tmp_path / "source.tsv"
    source.write_text("a\t1\t2\t3\t4\t" + "0" * 64 + "\n")
    tmp_path.chmod(0o2770)
    store.keep_known_hashes(source)
    file = store.known_hashes
    assert file is not None
    assert not file.stat().st_mode & 0o022
    file.chmod(0o664)
    assert store.known_hashes is None


@needs_root
@pytest.mark.attack("versions of others")
def test_known_hashes_of_another_user_are_not_used(store: VersionStore, tmp_path: Path) -> None:
    source = tmp_path / "source.tsv"
    source.write_text("a\t1\t2\t3\t4\t" + "0" * 64 + "\n")
    store.keep_known_hashes(source)
    file = store.known_hashes
    assert file is not None
    assert [*lines_of(file)] != []
    os.chown(file, NOBODY, -1)
    assert store.known_hashes is None
    assert [*lines_of(file)] == []


@pytest.mark.attack("versions of others")
def test_a_pipe_or_a_link_in_place_of_known_hashes_is_not_read(
    store: VersionStore, tmp_path: Path
) -> None:
    (tmp_path / "source.tsv").write_text("a\t1\t2\t3\t4\t" + "0" * 64 + "\n")
    (tmp_path / "link").symlink_to(tmp_path / "source.tsv")
    os.mkfifo(tmp_path / "pipe")
    assert [[*lines_of(tmp_path / name)] for name in ("link", "pipe")] == [[], []]
