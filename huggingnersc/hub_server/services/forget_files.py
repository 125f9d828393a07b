"""Remove big files from a repository for good: from every commit that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dulwich.objects import Commit as GitCommit
from dulwich.objects import ObjectID, ShaFile, Tree

from huggingnersc.hub_server.services.commits import move_ref

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.objects import Objects


def forget_files(session: RepositorySession, oids: AbstractSet[str], *, rewrite: bool) -> None:
    """Remove files (by sha256) from a repository.

    With `rewrite`, every branch and pull request gets a history without them; tags keep their
    commits, whose files may then be incomplete.
    """
    repository = session.git
    with repository.writing():
        if rewrite:
            work = _Rewriting(repository.objects, oids)
            moves = {
                ref: (sha, work.commit(sha))
                for ref, sha in repository.refs.all().items()
                if not ref.startswith("refs/tags/")
            }
            repository.objects.add(work.made)
            for ref, (old, new) in moves.items():
                if new != old:
                    move_ref(session, ref, new, old=old)
        session.hub.links.remove(session.storage_id, sorted(oids))


class _Rewriting:
    """Old ids to new ids, each commit and tree done once."""

    def __init__(self, objects: Objects, oids: AbstractSet[str]) -> None:
        self._objects = objects
        self._oids = oids
        self._commits: dict[str, str] = {}
        self._trees: dict[str, str | None] = {}
        self.made: list[ShaFile] = []

    def commit(self, start: str) -> str:
        """Return the id of `start` without the files, its past done first."""
        waiting = [start]
        while waiting:
            sha = waiting[-1]
            todo = [p for p in self._objects.commit(sha).parents if p not in self._commits]
            if todo:
                waiting.extend(todo)
                continue
            waiting.pop()
            if sha not in self._commits:
                self._commits[sha] = self._rewritten(sha)
        return self._commits[start]

    def _rewritten(self, sha: str) -> str:
        known = self._objects.commit(sha)
        self._objects.shape(known.tree)  # no deeper than the limits
        tree = self._tree(known.tree) or self._keep(Tree())
        parents = [self._commits[parent] for parent in known.parents]
        if tree == known.tree and parents == list(known.parents):
            return sha
        made = ShaFile.from_raw_string(1, self._objects.read(sha)[1])
        if not isinstance(made, GitCommit):
            raise KeyError(sha)
        made.tree = ObjectID(tree.encode("ascii"))
        made.parents = [ObjectID(parent.encode("ascii")) for parent in parents]
        return self._keep(made)

    def _tree(self, oid: str) -> str | None:
        if oid not in self._trees:
            self._trees[oid] = self._smaller(oid)
        return self._trees[oid]

    def _smaller(self, oid: str) -> str | None:
        made, changed = Tree(), False
        for name, item in self._objects.tree(oid).items():
            kept: str | None = item.oid
            if item.is_folder:
                kept = self._tree(item.oid)
            else:
                pointer = self._objects.blob_head(item.oid).pointer
                kept = None if pointer and pointer.oid in self._oids else item.oid
            changed |= kept != item.oid
            if kept is not None:
                made.add(name.encode(), item.mode, ObjectID(kept.encode("ascii")))
        if not changed:
            return oid
        return self._keep(made) if len(made) else None

    def _keep(self, made: ShaFile) -> str:
        self.made.append(made)
        return made.id.decode("ascii")
