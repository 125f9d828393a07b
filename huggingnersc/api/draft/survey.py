"""Seeing what a dataset is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.file_survey import FileSurvey, survey_files
from huggingnersc.adapters.data_files.listing import list_files
from huggingnersc.adapters.files.path_status import resolved
from huggingnersc.domain.draft.data_layout import Kind, Listing
from huggingnersc.domain.draft.plan import Draft
from huggingnersc.domain.draft.warnings import array_warning, names, row_warnings
from huggingnersc.domain.text.formatting import plural
from huggingnersc.errors import DatasetError, SettingsError
from huggingnersc.settings import expanded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.site import Site

_MOST_LEFT_OUT = 50


@dataclass(frozen=True, slots=True)
class DataSurvey:
    """A dataset as it was seen.

    Attributes:
        root: where it lies, absolute.
        listing: its files.
        kind: the type with the most bytes, which the loader reads.
        look: how the files of this type are built, and their examples.
    """

    root: Path
    listing: Listing
    kind: Kind
    look: FileSurvey

    @property
    def path(self) -> PurePosixPath:
        """Where it lies, as a path at the centre."""
        return PurePosixPath(self.root)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The files that end like those of the loader's type and are not to be read."""
        about = [
            file.path
            for file in self.listing.files
            if file.kind is None and file.path.suffix.lower() in self.kind.suffixes
        ]
        return tuple(sorted(map(str, [*about, *(file.path for file in self.look.others)])))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be known of it."""
        odd = {str(self.root / file.path): one for file, one in self.look.odd.items()}
        return (
            *_warnings(self.listing, self.kind, self.look),
            *row_warnings(odd, self.look.layout),
            *filter(None, [array_warning(self.look.layout)]),
        )


def absolute_path(path: Path) -> Path:
    """Make a path absolute; links are kept, so that it stays the one the portal serves.

    Raises:
        DatasetError: its name is no text, or begins with the home of a user who is unknown.
    """
    try:
        path = expanded(path)
    except SettingsError as error:
        raise DatasetError(str(error), hint=error.hint) from error
    absolute = resolved(path) if ".." in path.parts else path.absolute()
    try:
        str(absolute).encode()
    except UnicodeEncodeError as error:
        raise DatasetError(
            f"The name of the path {str(absolute)!a} is not UTF-8; no script can hold it.",
            hint="Rename the folder.",
        ) from error
    return absolute


def survey(root: Path, site: Site, *, count_all: bool) -> DataSurvey:
    """Look at a dataset and count its examples, by default within the site's budget.

    Raises:
        DatasetError: it cannot be read, or holds no file a loader can be written for.
        InstallationError: the library for its file type is not installed.
    """
    limits = site.profile.counting
    budget = Budget(
        seconds=None if count_all else limits.seconds,
        size_bytes=None if count_all else int(limits.gigabytes * 1e9),
    )
    listing = list_files(root, budget)
    if not listing.kinds:
        known = ", ".join(suffix for kind in Kind for suffix in kind.suffixes)
        raise DatasetError(
            f"{root} holds no file that a loader can be written for ({known}).",
            hint="Write metadata and loader by hand; examples/iris shows how.",
        )
    kind = listing.kinds[0]
    return DataSurvey(root, listing, kind, survey_files(root, listing, kind, budget))


def make_draft(seen: DataSurvey, document: Mapping[str, Any], *, distributed: bool) -> Draft:
    """Put together what was seen and what was said.

    Raises:
        DatasetError: no loader of the wanted kind can read this.
    """
    if distributed and seen.kind in {Kind.HDF5, Kind.NETCDF} and not seen.look.layout.numeric:
        raise DatasetError(
            f"{seen.root} holds no array of numbers; a distributed loader needs one.",
            hint="Leave --distributed away, and change the loader.",
        )
    left_out = seen.left_out
    if len(left_out) > _MOST_LEFT_OUT:
        raise DatasetError(
            f"{seen.root} holds {len(left_out)} {seen.kind.label} files that are built in another "
            f"way than the rest, such as {left_out[0]}.",
            hint="Give a folder for each kind of file.",
        )
    members = seen.look.members
    suffixes = {(file.path if file.path.name else seen.path).suffix for file in members}
    return Draft(
        data_path=seen.path,
        kind=seen.kind,
        layout=seen.look.layout,
        suffixes=tuple(sorted(suffixes)),
        left_out=left_out,
        document=document,
        distributed=distributed,
    )


def _warnings(listing: Listing, kind: Kind, look: FileSurvey) -> Iterator[str]:
    if look.others:
        yield (
            f"Built in another way than the largest {kind.label} file, so left out by the loader: "
            f"{names([file.path for file in look.others])}."
        )
    for other in listing.kinds[1:]:
        files = plural(len(listing.of(other)), f"{other.label} file")
        yield f"Not read by the loader: {files}."
    if unknown := sorted({_ending(file.path, kind) for file in listing.files if not file.kind}):
        yield f"Not read by the loader: {names(unknown)}."
    if listing.skipped:
        yield f"Links to folders are not followed: {names(listing.skipped)}."
    if not look.count.is_exact:
        yield (
            "Counting stopped, for this machine is shared, and the rest was not looked at; "
            "--count-all counts to the end."
        )
    elif not look.count.counted:
        yield "There is no example in the data."


def _ending(path: PurePosixPath, kind: Kind) -> str:
    """Name a file by its type; one that ends like data, such as README.txt, by its name."""
    ends_like_data = path.suffix.lower() in kind.suffixes
    return path.name if ends_like_data or not path.suffix else f"*{path.suffix}"
