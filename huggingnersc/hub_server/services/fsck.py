"""Verify what a Hub keeps: every git object, every ref, every big file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dulwich.errors import FileFormatException

from huggingnersc.errors import SettingsError
from huggingnersc.fixes import Message, Option, Placeholder
from huggingnersc.hub_server.services.open_hub import DATABASE_FILE
from huggingnersc.hub_server.storage.database import Database
from huggingnersc.hub_server.storage.errors import ObjectDamagedError, TreeTooLargeError
from huggingnersc.hub_server.storage.lfs import LfsStore, sha256_of
from huggingnersc.hub_server.storage.lfs_links import LfsLinks
from huggingnersc.hub_server.storage.registry import Registry
from huggingnersc.hub_server.storage.repositories import RepositoryStore
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.hub_server.storage.objects import Objects
    from huggingnersc.hub_server.storage.repository import GitRepository


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was verified and what is damaged.

    Attributes:
        repositories: how many repositories were read through.
        lfs_objects: how many big files were hashed.
        problems: every damage found, with the repository or file it is in.
    """

    repositories: int
    lfs_objects: int
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """True when nothing is damaged."""
        return not self.problems


def check_root(root: Path) -> CheckReport:
    """Read everything under `root` once. Raises: SettingsError: there is no Hub."""
    if not (root / DATABASE_FILE).is_file():
        raise SettingsError(
            f"There is no embedded Hub in {root}.",
            hint=Message("Give its folder: ", Option("root", Placeholder.DIR)),
        )
    database = Database(root / DATABASE_FILE)
    try:
        registry, links = Registry(database), LfsLinks(database)
        store, lfs = RepositoryStore(root), LfsStore(root)
        ids = registry.ids()
        problems: list[Problem] = list(_database_problems(database))
        for storage_id in ids:
            record = registry.by_id(storage_id)
            if record is not None:
                found = _problems_of(store, storage_id)
                problems += [Problem(record.name.url_path, message) for message in found]
        stored = dict(lfs.every())
        problems += _lfs_problems(stored, dict(links.all_oids()))
        store.close()
        return CheckReport(len(ids), len(stored), tuple(problems))
    finally:
        database.close()


def _database_problems(database: Database) -> Iterator[Problem]:
    row = database.row("PRAGMA integrity_check")
    if row is None or row[0] != "ok":
        yield Problem(DATABASE_FILE, f"the registry is damaged: {row and row[0]}")


def _problems_of(store: RepositoryStore, storage_id: str) -> Iterator[str]:
    reason = store.quarantine_reason(storage_id)
    if reason is not None:
        yield f"it is quarantined: {reason}"
    try:
        yield from _repository_problems(store.open(storage_id))
    except (OSError, ValueError, FileFormatException) as error:
        yield f"its references cannot be read ({error})"


def _repository_problems(repository: GitRepository) -> Iterator[str]:
    if not (repository.folder / "HEAD").is_file():
        yield "the repository is not on disk"
        return
    refs = repository.refs.all()
    if "refs/heads/main" not in refs:
        yield "main is missing or names no commit"
    seen: set[str] = set()
    for ref, sha in refs.items():
        for problem in (*_walk(repository.objects, sha, seen), *_size(repository.objects, sha)):
            yield f"{ref}: {problem}"


def _size(objects: Objects, sha: str) -> Iterator[str]:
    try:
        objects.check_tree(objects.commit(sha).tree)
    except ObjectDamagedError:
        return  # reported by the walk
    except TreeTooLargeError as error:
        yield str(error)


def _walk(objects: Objects, start: str, seen: set[str]) -> Iterator[str]:
    waiting = [start]
    while waiting:
        oid = waiting.pop()
        if oid in seen:
            continue
        seen.add(oid)
        try:
            waiting.extend(_inside(objects, oid))
        except (KeyError, ValueError, AssertionError, OSError) as error:
            yield f"object {oid} is missing or damaged ({type(error).__name__})"


def _inside(objects: Objects, oid: str) -> list[str]:
    from hashlib import sha1

    kind, data = objects.read(oid)
    header = kind + b" " + str(len(data)).encode() + b"\0"
    if sha1(header + data, usedforsecurity=False).hexdigest() != oid:
        raise ValueError(oid)
    if kind == b"commit":
        commit = objects.commit(oid)
        return [commit.tree, *commit.parents]
    if kind == b"tree":
        return [item.oid for item in objects.tree(oid).values()]
    return []


def _lfs_problems(stored: dict[str, Path], expected: dict[str, int]) -> Iterator[Problem]:
    for oid, size in expected.items():
        if oid not in stored:
            yield Problem(f"lfs/{oid}", "a repository uses this file and it is missing")
        elif stored[oid].stat().st_size != size:
            yield Problem(f"lfs/{oid}", f"has {stored[oid].stat().st_size} bytes, not {size}")
    for oid, path in stored.items():
        if sha256_of(path) != oid:
            yield Problem(f"lfs/{oid}", "its content does not match its sha256")
