"""List the addresses of the files of a dataset, for machines without this program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.api.packing.dataset_files import dataset_files
from huggingnersc.domain.packing.download import DownloadOptions, path_problem
from huggingnersc.domain.packing.url_list import ListedUrl, UrlListForm, url_list
from huggingnersc.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from huggingnersc.adapters.transfer.wanted_file import WantedFile
    from huggingnersc.domain.site import Site


def list_urls(
    title: str,
    form: UrlListForm | str,
    options: DownloadOptions | None = None,
    *,
    site: Site | str | None = None,
    endpoint: str | None = None,
) -> Iterator[bytes]:
    """Yield the lines of a list of the files of a dataset with their checksums.

    Args:
        title: `iris`, `iris@v1`, or a repository such as `NERSC/iris`.
        form: the program that reads it: `curl` or `aria2c`.
        options: which files, and from where.
        site: the site, its name or its TOML file; chosen by the environment when None.
        endpoint: the address of the Hub in place of the site's own.

    Raises:
        TransferError: the files have no addresses, or the program cannot be told a name.
        The errors of `download_dataset`.
    """
    with dataset_files(title, options or DownloadOptions(), site, endpoint=endpoint) as found:
        if found.url is None:
            raise TransferError(
                f"The files of {title} have no addresses: they are in {found.source.label}.",
                hint="Copy them from there.",
            )
        try:
            yield from url_list(_listed(found.files, found.url), UrlListForm(form))
        except ValueError as error:
            raise TransferError(f"The list cannot be made: {error}.", hint=None) from error


def _listed(files: Iterable[WantedFile], url: Callable[[bytes], str]) -> Iterator[ListedUrl]:
    for file in files:
        if reason := path_problem(file.path):
            raise ValueError(f"the path {file.path!r} {reason}")
        yield ListedUrl(url(file.path), file.path, file.digest)
