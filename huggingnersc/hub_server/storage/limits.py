"""How much a repository may hold and a push may unpack: what bounds the work of one request."""

from __future__ import annotations

from dataclasses import dataclass

from huggingnersc.hub_server.protocol.repo_paths import MAX_PARTS


@dataclass(frozen=True, slots=True)
class GitLimits:
    """Limits on git objects; each is far above what datasets need and far below what hurts.

    Attributes:
        objects: objects of one push. The Hub advises at most 100,000 files in a repository.
        blob_bytes: one file in git; the real Hub takes 10 MB and wants LFS above.
        record_bytes: one tree, commit or tag; 8 MiB are some 150,000 files in one folder.
        unpacked_bytes: all objects of one push together, as often as they are made from deltas;
            twice the largest body of a push.
        small_push_bytes: to how much a push may unpack however small it is.
        unpacked_ratio: how many times its own size it may unpack to beyond that.
        delta_depth: how many deltas may follow one another; git makes 50.
        tree_depth: how many folders may be in one another.
        paths: files and folders of one commit, each counted at every path where it appears.
        history: commits that one request to read a history looks at.
        references: branches and tags that one push may move; each is synced to disk.
        lines: of git's protocol in one request.
    """

    objects: int = 500_000
    blob_bytes: int = 32 << 20
    record_bytes: int = 8 << 20
    unpacked_bytes: int = 8 << 30
    small_push_bytes: int = 768 << 20
    unpacked_ratio: int = 100
    delta_depth: int = 100
    tree_depth: int = MAX_PARTS
    paths: int = 1_000_000
    history: int = 20_000
    references: int = 5_000
    lines: int = 200_000

    def unpacked_from(self, packed_bytes: int) -> int:
        """Return to how many bytes a push of `packed_bytes` bytes may unpack."""
        more = self.small_push_bytes + self.unpacked_ratio * packed_bytes
        return min(self.unpacked_bytes, more)
