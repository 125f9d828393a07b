"""The files of a starting folder, and what to type next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.draft.data_layout import Kind
from huggingnersc.domain.draft.metadata_document import document_bytes
from huggingnersc.domain.draft.names import file_stem
from huggingnersc.domain.draft.table import MISSING
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.domain.site import link_of_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from huggingnersc.domain.draft.data_layout import Layout
    from huggingnersc.domain.render import Render
    from huggingnersc.domain.site import Site

METADATA_NAME = "metadata.json"
LINK_PLACEHOLDER = "PORTAL_LINK"
# A row of text is read from the nearest one whose place is known; an array's item directly.
_RUNS = {Kind.CSV: 64, Kind.TEXT: 64, Kind.HDF5: 32, Kind.NETCDF: 1}


@dataclass(frozen=True, slots=True)
class Draft:
    """A dataset as it was found and described.

    Attributes:
        data_path: where the data lies, absolute.
        kind: the type of the files that the loader reads.
        layout: how they are built.
        suffixes: the endings of their names.
        left_out: files below `data_path` with such an ending that the loader must not read.
        document: the metadata, valid.
        distributed: whether the loader is a distributed one.
    """

    data_path: PurePosixPath
    kind: Kind
    layout: Layout
    suffixes: tuple[str, ...]
    left_out: tuple[str, ...]
    document: Mapping[str, Any]
    distributed: bool

    @property
    def official_name(self) -> str:
        """The title people read."""
        return str(self.document["datacard_tags"]["pretty_name"])

    @property
    def nickname(self) -> str:
        """The name in paths and on the Hub."""
        return str(self.document["other_info"]["nickname"])

    @property
    def loader_name(self) -> str:
        """The file name of the loader."""
        return f"{file_stem(self.nickname)}_loader.py"

    @property
    def batch_name(self) -> str:
        """The file name of the batch script."""
        return f"{file_stem(self.nickname)}_batch.sh"

    @property
    def environment_name(self) -> str:
        """The file name of the conda environment."""
        return f"{file_stem(self.nickname)}_environment.yml"


@dataclass(frozen=True, slots=True)
class Step:
    """A command to type next.

    Attributes:
        about: what it does, for people.
        words: the command's name and its arguments.
    """

    about: str
    words: tuple[str, ...]


def make_files(draft: Draft, site: Site, render: Render) -> tuple[PlannedFile, ...]:
    """Make every file of the folder; same input, same bytes."""
    values: dict[str, Any] = {
        "title": draft.official_name,
        "nickname": draft.nickname,
        "script": draft.loader_name,
        "batch_script": draft.batch_name,
        "data_path": str(draft.data_path),
        "kind": draft.kind,
        "layout": draft.layout,
        "names": "VARIABLES" if draft.kind is Kind.NETCDF else "ARRAYS",
        "suffixes": list(draft.suffixes),
        "left_out": draft.left_out,
        "missing": MISSING,
        "run": _RUNS[draft.kind],
        "batch": site.profile.batch,
    }
    form = "_distributed" if draft.distributed else ""
    loader = render(f"loaders/{draft.kind.value}{form}.py.j2", **values)
    files = [
        PlannedFile(METADATA_NAME, document_bytes(draft.document)),
        PlannedFile(draft.loader_name, loader.encode()),
    ]
    if draft.distributed:
        batch_script = render("loaders/batch.sh.j2", **values)
        files.append(PlannedFile(draft.batch_name, batch_script.encode()))
        files.append(PlannedFile(draft.environment_name, _environment(draft)))
    return tuple(files)


def portal_link(draft: Draft, site: Site) -> str | None:
    """Return portal's link of the data by the site's rule; None where it serves no such path."""
    rule = site.profile.portal
    return link_of_path(rule, draft.data_path) if rule else None


def next_steps(draft: Draft, site: Site, folder: PurePosixPath) -> tuple[Step, ...]:
    """Return the commands that take the folder to the catalog.

    Args:
        draft: the dataset.
        site: where it will be cataloged.
        folder: where its files were written, as it should be typed.
    """
    link = portal_link(draft, site)
    metadata = str(folder / METADATA_NAME)
    arguments = [draft.official_name, draft.nickname, str(folder / draft.loader_name),
                 link or LINK_PLACEHOLDER, metadata]  # fmt: skip
    options = [*site.words, *([] if link else ["--data-path", str(draft.data_path)])]
    if draft.distributed:
        arguments += [str(folder / draft.batch_name), "True"]
        options += ["--include", str(folder / draft.environment_name)]
    is_plain = not any(argument.startswith("-") for argument in arguments)
    words = (*arguments, *options) if is_plain else (*options, "--", *arguments)
    return (
        Step("check the metadata", ("validate-metadata", metadata, *site.words)),
        Step("see the page before anyone else does", ("preview-dataset", *words)),
        Step("catalog it", ("catalog-new-dataset", *words)),
    )


def _environment(draft: Draft) -> bytes:
    import yaml

    packages = ["python=3.12", "pytorch>=2.6", "numpy>=2"]
    packages += {Kind.HDF5: ["h5py>=3.12"], Kind.NETCDF: ["netcdf4>=1.7"]}.get(draft.kind, [])
    content = {
        "name": draft.nickname,
        "channels": ["conda-forge"],
        "dependencies": sorted(packages, key=lambda package: not package.startswith("python")),
    }
    comment = (
        f"# conda env create -f {draft.environment_name}\n"
        "# Create it where there is a GPU, so that conda picks the CUDA build of PyTorch.\n"
    )
    return (comment + yaml.safe_dump(content, sort_keys=False)).encode()
