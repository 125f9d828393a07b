"""The kinds of repositories on a Hub, and the rules for their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_NAME_LENGTH = 96
RESERVED_NAMESPACES = frozenset(
    {"api", "datasets", "models", "spaces", "buckets", "kernels", "static"}
)

_ALLOWED = re.compile(r"[A-Za-z0-9._-]+")
# Also a tag of git and the name of a folder; a branch or a commit would be taken for it.
VERSION_NAME = re.compile(
    r"(?!.*(\.\.|\.lock\Z|\.\Z))(?!(?i:main|head|[0-9a-f]{40})\Z)"
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
)


class RepoKind(StrEnum):
    """The kind of a repository; the value is the word used in requests."""

    MODEL = "model"
    DATASET = "dataset"
    SPACE = "space"

    @property
    def plural(self) -> str:
        """The word in API addresses: `/api/datasets/...`."""
        return f"{self.value}s"

    @property
    def url_prefix(self) -> str:
        """The prefix of `namespace/name` in addresses; empty for models."""
        return "" if self is RepoKind.MODEL else f"{self.plural}/"

    @classmethod
    def from_plural(cls, word: str) -> RepoKind | None:
        """Return the kind for `models`, `datasets` or `spaces`, None for any other word."""
        return next((kind for kind in cls if kind.plural == word), None)


@dataclass(frozen=True, slots=True)
class RepoName:
    """The full name of a repository; two names that differ only in case are the same one."""

    kind: RepoKind
    namespace: str
    name: str

    @property
    def repo_id(self) -> str:
        """The name as clients write it: `namespace/name`."""
        return f"{self.namespace}/{self.name}"

    @property
    def url_path(self) -> str:
        """The path of its page, without the leading slash."""
        return f"{self.kind.url_prefix}{self.repo_id}"


def name_problem(name: str) -> str | None:
    """Return why `name` is not valid for a repository or namespace; None when it is.

    The rules are those of `huggingface_hub.utils.validate_repo_id`, which every client applies.
    """
    rules = (
        (not name, "is empty"),
        (len(name) > MAX_NAME_LENGTH, f"is longer than {MAX_NAME_LENGTH} characters"),
        (
            bool(name) and not _ALLOWED.fullmatch(name),
            "may contain only ASCII letters, digits, '-', '_' and '.'",
        ),
        (name[:1] in "-." and name != "", "starts with '-' or '.'"),
        (name[-1:] in "-." and name != "", "ends with '-' or '.'"),
        ("--" in name or ".." in name, "contains '--' or '..'"),
        (name.endswith((".git", ".ipynb")), "ends with '.git' or '.ipynb'"),
    )
    return next((reason for broken, reason in rules if broken), None)


def repo_id_problem(repo_id: str) -> str | None:
    """Return why `repo_id` is not a valid `namespace/name`; None when it is."""
    namespace, slash, name = repo_id.partition("/")
    if not slash:
        return "is not of the form namespace/name"
    if namespace.lower() in RESERVED_NAMESPACES:
        return f"uses the reserved namespace {namespace!r}"
    return name_problem(namespace) or name_problem(name)
