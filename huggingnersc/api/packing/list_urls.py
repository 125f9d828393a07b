"""List the addresses of the files of a dataset, for machines without this program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.api.packing.dataset_files import dataset_files
from huggingnersc.api.packing.named_dataset import site_for
from huggingnersc.api.versions.find_version import split_title
from huggingnersc.domain.packing.download import DownloadOptions, DownloadSource, path_problem
from huggingnersc.domain.packing.url_list import ListedUrl, UrlListForm, url_list
from huggingnersc.errors import TransferError
from huggingnersc.fixes import Fix, Message, Option, Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from huggingnersc.adapters.transfer.wanted_file import WantedFile
    from huggingnersc.api.packing.dataset_lookup import DatasetFiles
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
    chosen = site_for(split_title(title)[0], site, endpoint)
    with dataset_files(title, options or DownloadOptions(), chosen) as found:
        if found.kind is DownloadSource.HUB and chosen.is_embedded:
            raise _not_served(title, form, found, chosen)
        if found.url is None:
            why = ", which not everyone may read" if found.is_private else ""
            raise TransferError(
                f"The files of {title} have no addresses: they are in {found.source.label}{why}.",
                hint="Copy them from there.",
            )
        if found.is_private and UrlListForm(form) is UrlListForm.ARIA2C:
            raise _sent_everywhere(title)
        listed = _listed(found.files, found.url)
        try:
            yield from url_list(listed, UrlListForm(form), needs_token=found.is_private)
        except ValueError as error:
            raise TransferError(f"The list cannot be made: {error}.", hint=None) from error


def _sent_everywhere(title: str) -> TransferError:
    return TransferError(
        f"The files of {title} need a token, which aria2c would send to other servers too.",
        hint=Message("Make a list for curl: ", Option("print_urls", UrlListForm.CURL.value)),
    )


def _not_served(
    title: str, form: UrlListForm | str, found: DatasetFiles, site: Site
) -> TransferError:
    """Return the error of addresses on a server that ends with this command."""
    version = title.partition("@")[2]
    named = f"{found.repo_id}@{version}" if version else found.repo_id
    options = (Option("print_urls", str(form)), Option("endpoint", site.hub_address))
    portal = (", or list those of its portal: ", Option("from", "portal"))
    return TransferError(
        f"The files of {title} have no lasting addresses: they are on the embedded Hub.",
        hint=Message(
            "Serve it: ",
            Fix(Verb.SERVE_HUB),
            ", then list those at its address: ",
            Fix(Verb.DOWNLOAD_DATASET, (named,), options),
            *(portal if found.has_portal else ()),
        ),
    )


def _listed(files: Iterable[WantedFile], url: Callable[[bytes], str]) -> Iterator[ListedUrl]:
    for file in files:
        if reason := path_problem(file.path):
            raise ValueError(f"the path {file.path!r} {reason}")
        yield ListedUrl(url(file.path), file.path, file.digest)
