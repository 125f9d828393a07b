"""The lines of Python on a card that load the data with `datasets`, by where they work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.loading.center_configs import center_configs, data_urls
from huggingnersc.domain.loading.data_members import DataMembers
from huggingnersc.domain.loading.file_addresses import portal_base
from huggingnersc.domain.loading.generic_builder import generic_builder
from huggingnersc.domain.loading.loading import (
    FILES_CONFIG,
    PORTAL,
    SAMPLE_CONFIG,
    TABLES_CONFIG,
)
from huggingnersc.domain.loading.upload_card import LOAD_IMPORT, upload_import, upload_lines
from huggingnersc.domain.text.code_literals import literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.loading.center_configs import DataPlace
    from huggingnersc.domain.loading.generic_builder import GenericBuilder
    from huggingnersc.domain.loading.loading import Loading, Source
    from huggingnersc.domain.loading.upload import Upload

_MOST_URLS = 4  # more are taken from the list of files
_WHAT = {
    SAMPLE_CONFIG: ("sample", "a few examples, to look at"),
    FILES_CONFIG: ("files", "every file: path, address, size, SHA-256, split"),
    TABLES_CONFIG: ("data", "all rows"),
    PORTAL: ("data", "each image is fetched when it is used"),
}


@dataclass(frozen=True, slots=True)
class LoadLines:
    """Python code; empty where nothing can be loaded so.

    Attributes:
        anywhere: from the repository and the portal.
        at_site: where the files of the site can be read.
    """

    anywhere: str = ""
    at_site: str = ""

    @property
    def loads_data(self) -> bool:
        """Whether the data itself is loaded at either place, and not only looked at."""
        return bool(self.at_site) or "data = " in self.anywhere


def load_lines(
    loading: Loading,
    place: DataPlace,
    repo_id: str,
    catalog_dir: str,
    upload: Upload | None = None,
) -> LoadLines:
    """Return the lines that work for a dataset.

    Args:
        loading: how its latest version is loaded.
        place: where the data is.
        repo_id: of its repository, `NERSC/iris`.
        catalog_dir: its catalog folder.
        upload: its shards on the Hub; None where the data is not there.
    """
    uploaded = upload_lines(upload, repo_id) if upload else ()
    by_url = () if upload else _by_portal(loading, place)
    anywhere = [*uploaded, *_named(loading, repo_id), *by_url]
    at_site = [*_at_site(loading, place, catalog_dir)]
    return LoadLines(
        "\n".join((upload_import(upload), "", *anywhere)) if anywhere else "",
        "\n".join((LOAD_IMPORT, "", *at_site)) if at_site else "",
    )


def _named(loading: Loading, repo_id: str) -> Iterator[str]:
    for name in (one.name for one in loading.configs):
        if name in _WHAT:
            variable, comment = _WHAT[name]
            rest = ', split="train"' if name == FILES_CONFIG else ""
            words = f"{literal(repo_id)}, {literal(name)}{rest}"
            yield f"{variable} = load_dataset({words})  # {comment}"


def _by_portal(loading: Loading, place: DataPlace) -> Iterator[str]:
    names = [one.name for one in loading.configs]
    source = loading.source
    builder = generic_builder(source) if source else None
    if source and builder and builder.by_url and TABLES_CONFIG not in names:
        yield from _by_url(source, builder, place, has_files=FILES_CONFIG in names)


def _by_url(
    source: Source, builder: GenericBuilder, place: DataPlace, *, has_files: bool
) -> Iterator[str]:
    urls = data_urls(source, place.portal_link)
    options = "".join(f", {name}={_value(one)}" for name, one in builder.options.items())
    if urls and sum(map(len, urls.values())) <= _MOST_URLS:
        shown = {split: one[0] if len(one) == 1 else one for split, one in urls.items()}
        yield f"urls = {_mapping(shown)}"
    elif urls != {} and has_files and portal_base(place.portal_link):
        splits = ", ".join(map(literal, urls or DataMembers(source).splits))
        rows = '[one["url"] for one in files if one["split"] == split]'
        yield f"urls = {{split: {rows} for split in [{splits}]}}"
    else:
        return
    words = f"{literal(builder.name)}, data_files=urls{options}"
    note = "" if builder.streams_by_url else ", not with streaming=True"
    yield f"data = load_dataset({words})  # from the portal{note}"


def _at_site(loading: Loading, place: DataPlace, catalog_dir: str) -> Iterator[str]:
    if any(one["config_name"] == place.site for one in center_configs(loading, place)):
        yield f"data = load_dataset({literal(catalog_dir)}, {literal(place.site)})"


def _mapping(values: Mapping[str, Any]) -> str:
    inner = ", ".join(f"{literal(name)}: {_value(one)}" for name, one in values.items())
    return f"{{{inner}}}"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return literal(value) if isinstance(value, str) else repr(value)
