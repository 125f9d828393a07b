"""Describe images: how many of each class, and by their headers sizes, modes and formats."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.statistics.describing_process import DescriptionError
from huggingnersc.adapters.statistics.part import EvenSample, Part, library_problem, shown_path
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.image_layout import class_folders
from huggingnersc.domain.draft.split import in_order, split_name, split_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.adapters.statistics.limits import DescribingLimits
    from huggingnersc.domain.draft.survey import DataFile
    from huggingnersc.domain.versions.statistics import FileProblem, ImageStatistics

IMAGE_FILES = frozenset({FileType.IMAGES})
_TASK = "huggingnersc.adapters.statistics.images:read_headers"
_AT_ONCE = 500  # images that one task opens
_MOST_FOLDERS = 100_000  # that are told apart
_MOST_COUNTS = 100  # of classes, sizes, modes and formats
# None of these runs another program, or reads another file.
SAFE_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")

Header = tuple[str, str, int, int]  # format, mode, width, height


def read_headers(paths: Sequence[str]) -> list[Any]:
    """Return format, mode, width and height of each image, or a text that says what is wrong.

    Raises:
        InstallationError: Pillow is not installed.
    """
    image_module = data_library("PIL.Image", "image")
    image_module.MAX_IMAGE_PIXELS = None  # no pixel is decoded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about odd metadata
        return [_header(image_module, Path(path)) for path in paths]


def _header(image_module: Any, file: Path) -> Any:
    try:
        with image_module.open(file, formats=SAFE_FORMATS) as image:
            return image.format, image.mode, image.width, image.height
    except image_module.UnidentifiedImageError:
        return "is no image that Pillow knows"
    except Exception as error:  # noqa: BLE001 - its readers raise many of Python's own errors
        reason = str(error).replace(repr(str(file)), "the file").replace(str(file), "the file")
        return f"cannot be read as an image: {reason[:200]}"


class ImageDescriber:
    """Describes images; see `Describer`."""

    def __init__(self, root: Path, limits: DescribingLimits) -> None:
        self._root = root
        self._sample = EvenSample(limits.files)
        self._folders: Counter[PurePosixPath] = Counter()

    def add(self, file: DataFile) -> None:
        """Take note of a file."""
        self._sample.add(file)
        folder = file.path.parent
        is_known = folder in self._folders or len(self._folders) < _MOST_FOLDERS
        self._folders[folder if is_known else PurePosixPath()] += 1

    def describe(self, process: DescribingProcess) -> Part:
        """Describe the files that were added."""
        if not self._sample.count:
            return Part()
        if problem := library_problem("PIL", "Pillow", "Images"):
            return Part(problems=[problem])
        headers: dict[PurePosixPath, Header] = {}
        problems: list[FileProblem] = []
        for path, found in self._headers(process, self._sample.files):
            if isinstance(found, str):
                problems.append({"file": shown_path(str(path)), "message": found})
            else:
                headers[path] = found
        splits = _splits(self._folders)
        classes = class_folders(file.path for file in self._sample.files)
        entries = [*self._entries(headers, splits, frozenset(classes))]
        examples = {entry["split"]: entry["files"] for entry in entries}
        return Part(entries=entries, examples=examples, problems=problems)

    def _headers(
        self, process: DescribingProcess, files: Sequence[DataFile]
    ) -> Iterator[tuple[PurePosixPath, Header | str]]:
        """Yield what is known of each file; those among which one ends the process are halved."""
        for start in range(0, len(files), _AT_ONCE):
            yield from self._answers(process, files[start : start + _AT_ONCE])

    def _answers(
        self, process: DescribingProcess, files: Sequence[DataFile]
    ) -> Iterator[tuple[PurePosixPath, Header | str]]:
        try:
            answers = process.ask(_TASK, paths=[str(self._root / file.path) for file in files])
        except DescriptionError as error:
            if half := len(files) // 2:
                yield from self._answers(process, files[:half])
                yield from self._answers(process, files[half:])
                return
            answers = [str(error)] * len(files)
        for file, answer in zip(files, answers, strict=True):
            yield file.path, answer if isinstance(answer, str) else tuple(answer)

    def _entries(
        self,
        headers: Mapping[PurePosixPath, Header],
        splits: Mapping[PurePosixPath, str | None],
        classes: frozenset[str],
    ) -> Iterator[ImageStatistics]:
        named = in_order([name for name in {*splits.values()} if name is not None])
        for split in [*named, *([None] if None in splits.values() else [])]:
            folders = [folder for folder in self._folders if splits[folder] == split]
            held = [header for path, header in headers.items() if splits[path.parent] == split]
            files = sum(self._folders[folder] for folder in folders)
            yield {
                "name": shown_path(str(_common(folders))),
                "split": None if split is None else shown_path(split),
                "files": files,
                "classes": self._classes(folders, classes),
                "sizes": [
                    {"width": width, "height": height, "files": count}
                    for (width, height), count in _most(Counter(one[2:] for one in held))
                ],
                "modes": [
                    {"mode": mode, "files": count}
                    for mode, count in _most(Counter(one[1] for one in held))
                ],
                "formats": [
                    {"format": form, "files": count}
                    for form, count in _most(Counter(one[0] for one in held))
                ],
                "sample": None
                if self._sample.is_whole
                else {"files": len(held), "of_files": files},
            }

    def _classes(self, folders: Sequence[PurePosixPath], classes: frozenset[str]) -> list[Any]:
        counts: Counter[str] = Counter()
        for folder in folders:
            if name := next((part for part in folder.parts if part in classes), None):
                counts[name] += self._folders[folder]
        return [{"name": shown_path(name), "files": count} for name, count in _most(counts)]


def _most(counts: Counter[Any]) -> list[tuple[Any, int]]:
    """Return the most frequent ones, in an order that does not depend on that of the files."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST_COUNTS]


def _splits(folders: Counter[PurePosixPath]) -> dict[PurePosixPath, str | None]:
    """Return the split of each folder, by its parts; None for all where there are not two."""
    found = {
        folder: next((split_name(part) for part in folder.parts if split_word(part)), None)
        for folder in folders
    }
    is_split = len({*found.values()} - {None}) > 1
    return found if is_split else dict.fromkeys(folders)


def _common(folders: Sequence[PurePosixPath]) -> PurePosixPath:
    """Return the folder that all of these are in."""
    first, *others = folders
    while not all(folder.is_relative_to(first) for folder in others):
        first = first.parent
    return first
