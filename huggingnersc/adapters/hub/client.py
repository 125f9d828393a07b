"""The Hub over HTTP, through huggingface_hub, whose errors are translated here."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

from huggingnersc.adapters.hub.client_settings import at_home, prepare_client, uploads_by_lfs
from huggingnersc.adapters.hub.failures import (
    LOGIN_HINT,
    MISUNDERSTANDINGS,
    UnexpectedAnswerError,
    explained,
)
from huggingnersc.errors import HubAccessError, HubError, HubMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from httpx2 import Response
    from huggingface_hub import HfApi

    from huggingnersc.adapters.hub.large_files import HubFile, Sending
    from huggingnersc.adapters.transfer.web_source import WebSource
    from huggingnersc.domain.catalog.remote import (
        Account,
        RemoteCommit,
        RemoteDataset,
        RemoteRepository,
    )
    from huggingnersc.domain.planned_file import PlannedFile

_MOST_PAGES = 1_000  # of a list, each with hundreds of datasets
_REJECTED_CARD = "Invalid metadata in README.md"  # how the client begins what the Hub says of it


class Hub:
    """A Hub at an address, used by one account.

    Args:
        endpoint: the http(s) address.
        token: the account's token; None for anonymous access.
    """

    def __init__(self, endpoint: str, token: str | None) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._token = token

    def account(self) -> Account:
        """Return the account of the token and its rights (one request).

        Raises:
            HubAccessError: there is no token, or the Hub does not know it.
            HubUnreachableError: the Hub does not answer.
        """
        if self._token is None:
            raise HubAccessError(f"There is no token for {self.endpoint}.", hint=LOGIN_HINT)
        from huggingnersc.adapters.hub.answers import account_of

        with self._translated("read the account"):
            return account_of(self._get("/api/whoami-v2").content)

    def repository(self, repo_id: str, *, revision: str | None = None) -> RemoteRepository | None:
        """Return a dataset repository with its files (one request); None when it does not exist.

        A private repository that the account may not read counts as missing.

        Args:
            repo_id: the dataset repository.
            revision: a tag or the SHA of a commit; the main branch when None.
        """
        from huggingnersc.adapters.hub.answers import repository_of

        at = f"/revision/{quote(revision, safe='')}" if revision else ""
        try:
            with self._translated(f"read {repo_id}"):
                answer = self._get(f"/api/datasets/{repo_id}{at}", blobs=True)
                return repository_of(answer.content)
        except HubMissingError:
            return None

    def read_file(self, repo_id: str, path: str, *, revision: str) -> bytes:
        """Return a file of a dataset repository as it was at a commit (one request).

        Raises:
            HubMissingError: the file, commit or repository does not exist.
        """
        from huggingface_hub import hf_hub_url
        from huggingface_hub.utils import (  # type: ignore[attr-defined]
            build_hf_headers,
            hf_raise_for_status,
            http_backoff,
        )

        url = hf_hub_url(
            repo_id, path, repo_type="dataset", revision=revision, endpoint=self.endpoint
        )
        prepare_client()
        with self._translated(f"read {path} of {repo_id}"):
            headers = build_hf_headers(token=self._token or False)
            answer = http_backoff("GET", url, headers=headers, follow_redirects=True)
            hf_raise_for_status(answer)
        return answer.content

    def files_at(self, repo_id: str, commit: str, *, label: str = "") -> WebSource:
        """Return a source of the files of a dataset repository as they were at a commit.

        The token is sent to this Hub only, not to the servers that it redirects to.

        Args:
            repo_id: the dataset repository.
            commit: its SHA.
            label: what messages call it; the address of the files when empty.
        """
        from huggingnersc.adapters.hub.client_settings import download_timeout_s
        from huggingnersc.adapters.transfer.web_source import WebSource
        from huggingnersc.domain.loading.file_addresses import file_url

        base = f"{self.endpoint}/datasets/{repo_id}/resolve/{quote(commit, safe='')}/"
        return WebSource(
            label or base,
            lambda path: file_url(base, path),
            token=self._token,
            home=self.endpoint,
            timeout_s=download_timeout_s(),
        )

    def datasets(self, organization: str) -> Iterator[RemoteDataset]:
        """Yield the dataset repositories of an organization that this account may see.

        Sends one request per page, and none per dataset.

        Raises:
            HubUnreachableError: the Hub does not answer.
        """
        from huggingnersc.adapters.hub.answers import datasets_of

        asked = {"author": organization, "expand": ["cardData", "private", "gated"]}
        seen, has_news = set[str](), True
        with self._translated(f"list the datasets of {organization}"):
            for page in self._pages("/api/datasets", **asked):
                if not has_news:  # the list would never end
                    raise UnexpectedAnswerError("a page of the list has nothing new")
                found = [one for one in datasets_of(page) if one.repo_id not in seen]
                seen.update(one.repo_id for one in found)
                has_news = bool(found)
                yield from found

    def create_repository(self, repo_id: str, *, private: bool) -> None:
        """Create an empty dataset repository (one request).

        Raises:
            HubConflictError: it exists already.
        """
        with self._translated(f"create {repo_id}"):
            self._api.create_repo(repo_id, repo_type="dataset", private=private)

    def set_visibility(self, repo_id: str, *, private: bool) -> None:
        """Make a dataset repository private or public (one request).

        Raises:
            HubAccessError: the account has no right to do it.
            HubMissingError: the repository does not exist.
        """
        with self._translated(f"make {repo_id} {'private' if private else 'public'}"):
            self._api.update_repo_settings(repo_id, repo_type="dataset", private=private)

    def delete_repository(self, repo_id: str) -> None:
        """Delete a dataset repository with its history (one request).

        Raises:
            HubAccessError: the account has no right to do it.
            HubMissingError: the repository does not exist.
        """
        with self._translated(f"delete {repo_id}"):
            self._api.delete_repo(repo_id, repo_type="dataset")

    def tags(self, repo_id: str) -> Mapping[str, str]:
        """Return the commit of every tag of a dataset repository by name (one request).

        Raises:
            HubMissingError: the repository does not exist.
        """
        from huggingnersc.adapters.hub.answers import tags_of

        with self._translated(f"read the tags of {repo_id}"):
            return tags_of(self._get(f"/api/datasets/{repo_id}/refs").content)

    def create_tag(self, repo_id: str, name: str, *, commit: str) -> None:
        """Tag a commit of a dataset repository (one request).

        Raises:
            HubConflictError: there is a tag of this name.
            HubMissingError: the repository or the commit does not exist.
        """
        with self._translated(f"tag {repo_id} as {name}"):
            self._api.create_tag(repo_id, tag=name, revision=commit, repo_type="dataset")

    def delete_tag(self, repo_id: str, name: str) -> None:
        """Delete a tag of a dataset repository (one request).

        Raises:
            HubMissingError: the repository or the tag does not exist.
        """
        with self._translated(f"delete the tag {name} of {repo_id}"):
            self._api.delete_tag(repo_id, tag=name, repo_type="dataset")

    def commits(self, repo_id: str) -> Iterator[RemoteCommit]:
        """Yield the commits of the main branch, the newest first (one request per page).

        Raises:
            HubMissingError: the repository does not exist.
        """
        from huggingnersc.adapters.hub.answers import commits_of

        with self._translated(f"read the commits of {repo_id}"):
            for page in self._pages(f"/api/datasets/{repo_id}/commits/main"):
                yield from commits_of(page)

    def commit(
        self,
        repo_id: str,
        files: Sequence[PlannedFile],
        *,
        message: str,
        parent: str | None,
        delete: Sequence[str] = (),
        stored: Mapping[str, Path] | None = None,
    ) -> str:
        """Write `files` to the main branch as one atomic commit.

        Args:
            repo_id: the dataset repository.
            files: the files to write.
            message: the commit's first line.
            parent: the SHA that main must still have; None to skip this check.
            delete: paths to delete in the same commit.
            stored: files on disk to write, by their path in the repository; large ones are sent
                piece by piece, as LFS files.

        Returns:
            The SHA of the commit.

        Raises:
            HubConflictError: main is no longer at `parent`.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        from huggingnersc.adapters.hub.answers import commit_of

        action = f"commit to {repo_id}"
        with self._translated(action), _card_checked(repo_id), uploads_by_lfs():
            done = self._api.create_commit(
                repo_id,
                [
                    *(CommitOperationAdd(file.path, file.content) for file in files),
                    *(CommitOperationAdd(path, file) for path, file in (stored or {}).items()),
                    *(CommitOperationDelete(path, is_folder=False) for path in delete),
                ],
                commit_message=message,
                repo_type="dataset",
                parent_commit=parent,
            )
            return commit_of(done.oid)

    def send_files(
        self,
        repo_id: str,
        files: Sequence[HubFile],
        *,
        jobs: int,
        sending: Sending,
    ) -> None:
        """Send large files to the storage of a dataset repository; no commit names them yet.

        What the Hub has already is not sent again.

        Args:
            repo_id: the dataset repository.
            files: what to send.
            jobs: how many at a time.
            sending: counts what was sent.

        Raises:
            PackFilesDamagedError: files are not what was recorded, or cannot be read; the others
                are sent.
        """
        from huggingnersc.adapters.hub.large_files import send_files

        with self._translated(f"upload to {repo_id}"), uploads_by_lfs():
            send_files(self._api, repo_id, files, jobs=jobs, sending=sending)

    def commit_sent(
        self, repo_id: str, files: Sequence[HubFile], *, message: str, parent: str | None
    ) -> str:
        """Write files that were sent to the main branch as one atomic commit; return its SHA.

        Raises:
            HubConflictError: main is no longer at `parent`.
        """
        from huggingnersc.adapters.hub.answers import commit_of
        from huggingnersc.adapters.hub.large_files import commit_of_sent

        with self._translated(f"commit to {repo_id}"), uploads_by_lfs():
            done = self._api.create_commit(
                repo_id,
                commit_of_sent(files),
                commit_message=message,
                repo_type="dataset",
                parent_commit=parent,
            )
            return commit_of(done.oid)

    @property
    def _api(self) -> HfApi:
        from huggingface_hub import HfApi

        prepare_client()
        return HfApi(endpoint=self.endpoint, token=self._token or False)

    def _get(self, path: str, **parameters: Any) -> Response:
        from huggingface_hub import get_session
        from huggingface_hub.utils import (  # type: ignore[attr-defined]
            build_hf_headers,
            hf_raise_for_status,
        )

        prepare_client()
        headers = build_hf_headers(token=self._token or False)
        answer = get_session().get(f"{self.endpoint}{path}", params=parameters, headers=headers)
        hf_raise_for_status(answer)
        return answer

    def _pages(self, path: str, **parameters: Any) -> Iterator[bytes]:
        """Yield every page of a list; the next one is always asked of this Hub."""
        for _ in range(_MOST_PAGES):
            answer = self._get(path, **parameters)
            yield answer.content
            link = answer.links.get("next", {}).get("url")
            if link is None:
                return
            parameters = parse_qs(link.partition("?")[2])
        raise UnexpectedAnswerError(f"the list has more than {_MOST_PAGES:,} pages")

    @contextmanager
    def _translated(self, action: str) -> Iterator[None]:
        """Raise every failure of the client as the error that explains it."""
        from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

        try:
            with at_home(self._token, self.endpoint):
                yield
        except (HTTPError, *MISUNDERSTANDINGS) as error:
            failure = explained(
                error, action, endpoint=self.endpoint, has_token=self._token is not None
            )
            if failure is None:
                raise
            raise failure from error


@contextmanager
def _card_checked(repo_id: str) -> Iterator[None]:
    """Translate the ValueError that the client raises when the Hub rejects the card.

    Raises:
        HubError: the Hub rejects the card.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # such as a card without front matter
        try:
            yield
        except ValueError as error:
            reason = " ".join(str(error).split())
            if not reason.startswith(_REJECTED_CARD):
                raise
            raise HubError(
                f"The Hub rejects the card of {repo_id}: {reason}",
                hint="Fix the front matter of README.md in the catalog folder.",
            ) from error
