"""What a reader finds in a source, and who reads which kind.

A reader is a function of a `SourceRoot`, the `PackOptions` and the `ShardForm`; it returns a
`SourceListing`. The layout of a form is decided by a `Layouter`, which is made of the root, the
`SourceListing` and the options, and sees every sample once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Protocol

from huggingnersc.domain.packing.options import SourceKind
from huggingnersc.domain.packing.pack import ShardForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TypeAlias

    from huggingnersc.adapters.manifest_file import ManifestFile
    from huggingnersc.adapters.packing.sample_rows import PartRow
    from huggingnersc.domain.packing.layout import PackLayout
    from huggingnersc.domain.packing.options import PackOptions
    from huggingnersc.domain.packing.sample import SamplePart

    Reader: TypeAlias = "Callable[[SourceRoot, PackOptions, ShardForm], SourceListing]"
    LayouterType: TypeAlias = "Callable[[Path, SourceListing, PackOptions], Layouter]"

READERS = {
    SourceKind.FILES: "huggingnersc.adapters.packing.folder_source:list_files",
    SourceKind.IDX: "huggingnersc.adapters.packing.record_listing:list_idx",
    SourceKind.CIFAR: "huggingnersc.adapters.packing.record_listing:list_cifar",
}
LAYOUTS = {
    ShardForm.PARQUET: "huggingnersc.adapters.packing.parquet_layout:ParquetLayouter",
    ShardForm.WEBDATASET: "huggingnersc.adapters.packing.tar_layout:TarLayouter",
}


class Layouter(Protocol):
    """Decides how samples are laid out in shards, by a look at each."""

    def add(self, rows: list[PartRow], /) -> None:
        """Note the parts of a sample."""

    def layout(self) -> PackLayout:
        """Return the layout, once all samples were noted.

        Raises:
            SourceUnsuitableError: samples do not fit into the form.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRoot:
    """Where a source is.

    Attributes:
        path: a folder or a file.
        scratch: a folder for temporary files.
        manifest: of the version that is packed; None where the folder is packed as it is.
    """

    path: Path
    scratch: Path
    manifest: ManifestFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceListing:
    """What is in a source.

    Attributes:
        kind: what it holds.
        parts: of its samples, in any order; they are taken once.
        left_out: how many files are no part of a sample, by reason; complete once all parts were
            taken.
        about: what else the layout needs to know, also complete only then.
        warnings: what a user should know, a sentence each; also complete only then.
    """

    kind: SourceKind
    parts: Iterator[SamplePart]
    left_out: Counter[str] = field(default_factory=Counter)
    about: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def reader_of(kind: SourceKind) -> Reader:
    """Return the function that lists a kind of source; it is imported only here."""
    reader: Reader = resolve_name(READERS[kind])
    return reader


def layouter_of(form: ShardForm) -> LayouterType:
    """Return the class that decides the layout of a form; it is imported only here."""
    layouter: LayouterType = resolve_name(LAYOUTS[form])
    return layouter
