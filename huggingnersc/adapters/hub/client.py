"""The Hub over HTTP, through huggingface_hub, whose errors are translated here."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.hub import request_log
from huggingnersc.adapters.hub.client_settings import LOGIN_HINT, keep_at_home, prepare_client
from huggingnersc.domain.catalog.remote import Account, RemoteDataset, RemoteRepository
from huggingnersc.errors import (
    HubAccessError,
    HubConflictError,
    HubError,
    HubMissingError,
    HubUnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    from huggingnersc.domain.planned_file import PlannedFile

_LOGIN_AGAIN_HINT = (
    "Log in again with `hf auth login`; HF_TOKEN has precedence, so replace or unset it."
)
_MISSING_HINT = "Check on the Hub whether it was renamed or deleted, then run the command again."


class Hub:
    """A Hub at an address, used by one account.

    Args:
        endpoint: the http(s) address.
        token: the account's token; None for anonymous access.
    """

    def __init__(self, endpoint: str, token: str | None) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._token = token
        if token is not None:
            keep_at_home(token, self.endpoint)

    def account(self) -> Account:
        """Return the account of the token and its rights (one request).

        Raises:
            HubAccessError: there is no token, or the Hub does not know it.
            HubUnreachableError: the Hub does not answer.
        """
        if self._token is None:
            raise HubAccessError(f"There is no token for {self.endpoint}.", hint=LOGIN_HINT)
        with self._translated("read the account"):
            answer = self._api.whoami()
        return _account(answer)

    def repository(self, repo_id: str) -> RemoteRepository | None:
        """Return a dataset repository with its files (one request); None when it does not exist.

        A private repository that the account may not read counts as missing.
        """
        try:
            with self._translated(f"read {repo_id}"):
                info = self._api.dataset_info(repo_id, files_metadata=True)
        except HubMissingError:
            return None
        modified = info.last_modified
        return RemoteRepository(
            repo_id=info.id,
            commit=info.sha,
            last_modified=modified.isoformat() if modified else None,
            private=bool(info.private),
            files={file.rfilename: file.blob_id or "" for file in info.siblings or ()},
            sizes={file.rfilename: file.size or 0 for file in info.siblings or ()},
            gated=bool(info.gated),
        )

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

    def datasets(self, organization: str) -> Iterator[RemoteDataset]:
        """Yield the dataset repositories of an organization that this account may see.

        Sends one request per page, and none per dataset.

        Raises:
            HubUnreachableError: the Hub does not answer.
        """
        with self._translated(f"list the datasets of {organization}"):
            for info in self._api.list_datasets(
                author=organization, expand=["cardData", "private"]
            ):
                card = dict(vars(info.card_data)) if info.card_data else {}
                yield RemoteDataset(info.id, private=bool(info.private), card=card)

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

    def commit(
        self,
        repo_id: str,
        files: Sequence[PlannedFile],
        *,
        message: str,
        parent: str | None,
        delete: Sequence[str] = (),
    ) -> str:
        """Write `files` to the main branch as one atomic commit.

        Args:
            repo_id: the dataset repository.
            files: the files to write.
            message: the commit's first line.
            parent: the SHA that main must still have; None to skip this check.
            delete: paths to delete in the same commit.

        Returns:
            The SHA of the commit.

        Raises:
            HubConflictError: main is no longer at `parent`.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        with self._translated(f"commit to {repo_id}"), _card_checked(repo_id):
            done = self._api.create_commit(
                repo_id,
                [
                    *(CommitOperationAdd(file.path, file.content) for file in files),
                    *(CommitOperationDelete(path, is_folder=False) for path in delete),
                ],
                commit_message=message,
                repo_type="dataset",
                parent_commit=parent,
            )
        return str(done.oid)

    @property
    def _api(self) -> HfApi:
        from huggingface_hub import HfApi

        prepare_client()
        return HfApi(endpoint=self.endpoint, token=self._token or False)

    def _hub_error(self, error: HfHubHTTPError, action: str) -> HubError:
        login_hint = LOGIN_HINT if self._token is None else _LOGIN_AGAIN_HINT
        return _by_status(error, f"Cannot {action} at {self.endpoint}", login_hint=login_hint)

    @contextmanager
    def _translated(self, action: str) -> Iterator[None]:
        from huggingface_hub.errors import (  # type: ignore[attr-defined]
            HfHubHTTPError,
            HTTPError,
            OfflineModeIsEnabled,
            RepositoryNotFoundError,
        )

        try:
            yield
        except OfflineModeIsEnabled as error:
            raise HubUnreachableError(
                f"Cannot {action}: offline mode is on.",
                hint="Unset HF_HUB_OFFLINE and run the command again.",
            ) from error
        except RepositoryNotFoundError as error:
            if self._token is not None and error.response.status_code == 401:
                raise self._hub_error(error, action) from error
            raise HubMissingError(
                f"Cannot {action}: {self.endpoint} has no such repository, or it is hidden from "
                "this account.",
                hint=_MISSING_HINT,
            ) from error
        except HfHubHTTPError as error:
            raise self._hub_error(error, action) from error
        except HTTPError as error:
            request_log.log_failure(error)
            raise HubUnreachableError(
                f"Cannot {action}: no answer from {self.endpoint} "
                f"({str(error) or type(error).__name__}).",
                hint="Check the network (compute nodes often have none), then run it again.",
            ) from error
        except JSONDecodeError as error:
            raise HubUnreachableError(
                f"Cannot {action}: the answer of {self.endpoint} is incomplete or not JSON.",
                hint="Run the command again; if this persists, check the proxy settings.",
            ) from error


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
        except JSONDecodeError:
            raise  # not a rejection: the answer itself is damaged
        except ValueError as error:
            reason = " ".join(str(error).split())
            raise HubError(
                f"The Hub rejects the card of {repo_id}: {reason}",
                hint="Fix the front matter of README.md in the catalog folder.",
            ) from error


def _by_status(error: HfHubHTTPError, what: str, *, login_hint: str) -> HubError:
    status = error.response.status_code
    reason = (error.server_message or "").strip().rstrip(".") or "the request failed"
    sentence = f"{what}: {reason} (HTTP {status})."
    if status == 401:
        return HubAccessError(sentence, hint=login_hint)
    if status == 403:
        return HubAccessError(sentence, hint="Ask an administrator of the organization.")
    if status == 404:
        return HubMissingError(sentence, hint=_MISSING_HINT)
    if status in {409, 412}:
        return HubConflictError(
            sentence, hint="The repository changed meanwhile. Review it and run the command again."
        )
    if status == 429 or status >= 500:
        return HubUnreachableError(sentence, hint="Run the command again later.")
    return HubError(sentence, hint="The message of the Hub is the only information available.")


def _account(answer: dict[str, Any]) -> Account:
    token = answer.get("auth", {}).get("accessToken", {})
    scopes = token.get("fineGrained", {}).get("scoped", ())
    return Account(
        name=answer["name"],
        organizations={org["name"]: org.get("roleInOrg", "") for org in answer.get("orgs", ())},
        token_role=token.get("role", ""),
        writable=frozenset(
            scope["entity"]["name"]
            for scope in scopes
            if "repo.write" in scope.get("permissions", ()) and "name" in scope.get("entity", {})
        ),
    )
