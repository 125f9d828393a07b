"""Describe the texts of a dataset: those of one split together, by their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.adapters.statistics.describing_process import DescriptionError
from huggingnersc.adapters.statistics.naming import (
    file_problem,
    pattern_of,
    split_of_files,
)
from huggingnersc.adapters.statistics.part import EvenSample, Part, shown_path
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.split import in_order

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.adapters.statistics.limits import DescribingLimits
    from huggingnersc.adapters.statistics.text_files import CountedLines
    from huggingnersc.domain.draft.survey import DataFile
    from huggingnersc.domain.versions.statistics import FileProblem, TextStatistics

TEXT_FILES = frozenset({FileType.TEXT})

_COUNT = "huggingnersc.adapters.statistics.text_files:count_lines"
_LEAST_BYTES = 1 << 16  # that are read of each file


@dataclass
class _Texts:
    """The texts of one split that could be read.

    Attributes:
        files: in sorted order.
        lines: how many were counted.
        read_bytes: in so many bytes.
    """

    files: list[DataFile] = field(default_factory=list)
    lines: int = 0
    read_bytes: int = 0

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


class TextDescriber:
    """Describes plain text, gzipped too."""

    def __init__(self, root: Path, limits: DescribingLimits) -> None:
        self._root, self._limits = root, limits
        self._sample = EvenSample(limits.files)

    def add(self, file: DataFile) -> None:
        """Take note of a file."""
        self._sample.add(file)

    def describe(self, process: DescribingProcess) -> Part:
        """Count the lines of the files that were added; of large ones, of their first bytes."""
        splits, texts = split_of_files(self._sample.files), dict[str | None, _Texts]()
        problems: list[FileProblem] = []
        for file in self._sample.files:
            try:
                counted = self._counted(file, process)
            except DescriptionError as error:
                problems.append(file_problem(self._root, file.path, error))
                continue
            group = texts.setdefault(splits.get(file), _Texts())
            group.files.append(file)
            group.lines += counted["lines"]
            group.read_bytes += counted["read_bytes"]
        order = [None, *in_order([*filter(None, texts)])]
        entries = {split: self._entry(split, texts[split]) for split in order if split in texts}
        return Part(
            entries=[*entries.values()],
            examples={split: one["lines"] for split, one in entries.items()} or None,
            is_estimate=any(one["sample"] for one in entries.values()),
            problems=problems,
        )

    def _counted(self, file: DataFile, process: DescribingProcess) -> CountedLines:
        share = self._limits.text_bytes / max(1, self._sample.size_bytes)
        most = (
            max(_LEAST_BYTES, int(file.size_bytes * share)) if share < 1 else file.size_bytes + 1
        )
        counted: CountedLines = process.ask(
            _COUNT,
            file=str(self._root / file.path),
            size_bytes=file.size_bytes,
            most_bytes=most,
        )
        return counted

    def _entry(self, split: str | None, texts: _Texts) -> TextStatistics:
        factor = self._sample.count / len(self._sample.files)
        of_bytes = round(texts.size_bytes * factor)
        is_whole = self._sample.is_whole and texts.read_bytes >= of_bytes
        lines = texts.lines * of_bytes / max(1, texts.read_bytes)
        return {
            "name": pattern_of([file.path for file in texts.files]),
            "split": split and shown_path(split),
            "files": round(len(texts.files) * factor),
            "lines": texts.lines if is_whole else round(lines),
            "sample": None
            if is_whole
            else {"rows": texts.lines, "size_bytes": texts.read_bytes, "of_bytes": of_bytes},
        }
