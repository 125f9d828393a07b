"""The configurations by which `load_dataset` finds the data from the catalog folder.

They are in a hidden file beside the card, which `datasets` reads in place of the card's: paths
that are absolute, and addresses of the portal, are refused in a repository on the Hub.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from glob import escape
from itertools import chain
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.loading.data_globs import data_globs
from huggingnersc.domain.loading.data_members import ALL_SPLITS, DataMembers
from huggingnersc.domain.loading.file_addresses import file_url, portal_base
from huggingnersc.domain.loading.generic_builder import generic_builder
from huggingnersc.domain.loading.loading import PORTAL, hub_split
from huggingnersc.domain.loading.manifest_rows import manifest_rows
from huggingnersc.domain.text.front_matter import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.domain.loading.generic_builder import GenericBuilder
    from huggingnersc.domain.loading.loading import Loading, Source

CENTER_FILE = ".huggingface.yaml"
_HEAD = "# Written by HuggingNERSC: how load_dataset(THIS_FOLDER, NAME) finds the data.\n"
_IN_REPOSITORY = "version/"
_HAS_MEANING = re.compile(r"::|\$")  # in a path: a chain of file systems, a variable


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlace:
    """Where the data of a dataset is.

    Attributes:
        site: the name of the site, which is that of the configuration for the data in place.
        root: the root of the data, absolute.
        portal_link: its address; empty where there is none.
        version: the name of the latest version; empty where there is none.
    """

    site: str
    root: str
    portal_link: str
    version: str


def center_file(loading: Loading, place: DataPlace, *, is_uploaded: bool = False) -> bytes | None:
    """Return the content of the hidden file; None where `datasets` can load nothing there.

    Args:
        loading: how the latest version is loaded.
        place: where the data is.
        is_uploaded: whether the card describes data on the Hub, which is not in the folder.
    """
    configs = center_configs(loading, place)
    content = {"configs": configs} | ({"dataset_info": []} if is_uploaded else {})
    return f"{_HEAD}{yaml_text(content)}".encode() if configs else None


def is_center_file(content: bytes) -> bool:
    """Return whether HuggingNERSC wrote the content of a hidden file."""
    return content.startswith(_HEAD.encode())


def center_configs(loading: Loading, place: DataPlace) -> list[dict[str, Any]]:
    """Return the configurations of the catalog folder, that of the data in place first.

    `datasets` chooses one builder for all, by the first. So those of the repository, which are
    Parquet, are there only beside data that is Parquet too, or that no builder reads.
    """
    source = loading.source
    if not place.version:
        return []
    builder = generic_builder(source) if source else None
    configs = (
        [*_of_data(source, builder, place)] if source and builder and builder.is_found else []
    )
    if configs and builder and builder.name != "parquet":
        return configs
    taken = {one["config_name"] for one in configs}
    return configs + [
        one for one in _of_version(loading, place) if one["config_name"] not in taken
    ]


def _of_data(
    source: Source, builder: GenericBuilder, place: DataPlace
) -> Iterator[dict[str, Any]]:
    if paths := data_paths(source, place.root):
        yield _config(place.site, paths, builder.options)
        urls = data_urls(source, place.portal_link) if builder.by_url else None
        if urls:
            yield _config(PORTAL, urls, builder.options)


def _of_version(loading: Loading, place: DataPlace) -> Iterator[dict[str, Any]]:
    """Yield those of the card, in the folder of the version; that of the data in place first."""
    folder = f"versions/{place.version}/"
    for one in sorted(loading.configs, key=lambda one: one.name != place.site):
        files = {
            split: [folder + path.removeprefix(_IN_REPOSITORY)]
            for split, path in one.splits.items()
        }
        yield _config(one.name, files, {})


def _config(
    name: str, files: Mapping[str, Sequence[str]], options: Mapping[str, Any]
) -> dict[str, Any]:
    data_files = [
        {"split": split, "path": paths[0] if len(paths) == 1 else [*paths]}
        for split, paths in files.items()
    ]
    return {"config_name": name, "data_files": data_files, **options}


def data_paths(source: Source, root: str) -> dict[str, list[str]] | None:
    """Return by split what finds its files: their paths, of many files globs.

    None where `datasets` cannot find them: a name is not UTF-8, or has `::` or `$` in it, which it
    reads as something else, or globs cannot separate many files from others.
    """
    if source.manifest or source.only:
        listed = _listed(source)
        found = {s: [f"{root}/{path}" for path in paths] for s, paths in (listed or {}).items()}
        if not found or any(map(_HAS_MEANING.search, chain(*found.values()))):
            return None
        return {split: [*map(escape, paths)] for split, paths in found.items()}
    if source.left_out or source.links or source.empty_files or _HAS_MEANING.search(root):
        return None
    by_split: dict[str, list[str]] = {}
    for split, pattern in (source.splits or {"train": "*"}).items():
        globs = data_globs(root, pattern, source.suffixes)
        if globs is None:
            return None
        by_split.setdefault(hub_split(split), []).extend(globs)
    return by_split


def data_urls(source: Source, portal_link: str) -> dict[str, list[str]] | None:
    """Return by split the addresses of its files on the portal.

    None where there is no portal, where the source does not list its files, as there are more than
    1,000, or where a name is not UTF-8. Splits without files are left out.
    """
    base = portal_base(portal_link)
    if not base or not (source.manifest or source.only):
        return None
    listed = _listed(source)
    if listed is None:
        return None
    return {split: [file_url(base, path) for path in paths] for split, paths in listed.items()}


def _listed(source: Source) -> dict[str, list[str]] | None:
    """Return the paths of the files by split; None where a name is not UTF-8.

    Splits without files are left out, as `datasets` raises an error for them.
    """
    if source.only:
        return {"train": [source.only]}
    members = DataMembers(source)
    found: dict[str, list[str]] = {split: [] for split in members.splits}
    for row in manifest_rows(source.manifest.encode().splitlines()):
        path, split = row.path, members.split_of(row.path or row.listed)
        if split is None or not row.may_hold_data:
            continue
        if path is None or split == ALL_SPLITS:
            return None
        found[split].append(path)
    return {split: paths for split, paths in found.items() if paths}
