"""Describe the tables of a dataset: files with the same columns, in the same split, are one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.adapters.statistics.describing_process import (
    DescriptionError,
    DescriptionLimitError,
)
from huggingnersc.adapters.statistics.naming import (
    file_problem,
    pattern_of,
    split_of_files,
)
from huggingnersc.adapters.statistics.part import EvenSample, Part, library_problem, shown_path
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.split import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.adapters.statistics.limits import DescribingLimits
    from huggingnersc.adapters.statistics.table_files import TableForm
    from huggingnersc.adapters.statistics.table_summary import TableSummary
    from huggingnersc.domain.draft.survey import DataFile
    from huggingnersc.domain.versions.statistics import (
        FileProblem,
        TableStatistics,
        WithheldColumn,
    )

TABLE_FILES = frozenset({FileType.CSV, FileType.JSON_LINES, FileType.PARQUET})

_INSPECT = "huggingnersc.adapters.statistics.table_files:inspect"
_SUMMARIZE = "huggingnersc.adapters.statistics.table_summary:summarize"
_SAME_KEYS = 0.5  # the share of keys that JSON lines of one table have in common
_UNPACKED = 4  # times the size of a gzipped file, about
_BAD_FILES = 5  # of one table that are looked for
_SMALL_BYTES = 64 << 20
_MOST_COLUMNS = 10_000  # DuckDB takes minutes for more


@dataclass
class _Table:
    """Files that are one table.

    Attributes:
        form: how they are read; of JSON lines with the keys of all.
        split: None without one.
        files: in sorted order.
        summary: None where they cannot be described.
    """

    form: TableForm
    split: str | None
    files: list[DataFile] = field(default_factory=list)
    summary: TableSummary | None = None

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def name(self) -> str:
        return pattern_of([file.path for file in self.files])

    def add(self, file: DataFile, form: TableForm) -> None:
        """Add a file; of JSON lines also the keys that only this file has."""
        self.files.append(file)
        if form["format"] == "jsonl":
            keys = dict.fromkeys([*self.form["columns"], *form["columns"]])
            self.form = {**self.form, "columns": [*keys]}


def _is_alike(one: TableForm, other: TableForm) -> bool:
    """Return whether files of two forms have the same columns, JSON lines most of them.

    Gzipped files are like those that are not: a table of their own, and examples all the same.
    """
    other = {**other, "compressed": one["compressed"]}
    if one["format"] != "jsonl" or {**one, "columns": other["columns"]} != other:
        return one == other
    own, others = {*one["columns"]}, {*other["columns"]}
    return len(own & others) >= _SAME_KEYS * len(own | others)


class TableDescriber:
    """Describes CSV, TSV, JSON lines and Parquet, gzipped too."""

    def __init__(self, root: Path, limits: DescribingLimits) -> None:
        self._root, self._limits = root, limits
        self._sample = EvenSample(limits.files)
        self._problems: list[FileProblem] = []

    def add(self, file: DataFile) -> None:
        """Take note of a file."""
        self._sample.add(file)

    def describe(self, process: DescribingProcess) -> Part:
        """Describe the files that were added."""
        if missing := library_problem("duckdb", "duckdb", "Tables"):
            return Part(problems=[missing] if self._sample.count else [])
        tables = self._tables(process)
        for table in tables[: self._limits.tables]:
            self._summarize(table, process)
        if more := tables[self._limits.tables :]:
            what = f"only the {self._limits.tables} largest tables are described"
            files = [file.path for table in more for file in table.files]
            self._problems.append({"file": pattern_of(files), "message": what})
        if not self._sample.is_whole:
            what = f"{len(self._sample.files):,} of {self._sample.count:,} files were opened"
            files = [file.path for file in self._sample.files]
            self._problems.append({"file": pattern_of(files), "message": what})
        entries = [self._entry(table, table.summary) for table in tables if table.summary]
        return Part(
            entries=entries,
            examples=self._examples(tables),
            is_estimate=any(entry["estimated"] for entry in entries),
            problems=self._problems,
            withheld=[column for entry in entries for column in _withheld(entry)],
        )

    def _tables(self, process: DescribingProcess) -> list[_Table]:
        """Return the tables, that with the most bytes first, each in the order of its splits."""
        splits = split_of_files(self._sample.files)
        kinds: list[list[_Table]] = []
        for file, form in self._forms(process):
            same = next((kind for kind in kinds if _is_alike(kind[0].form, form)), None)
            if same is None:
                kinds.append(same := [])
            key = (splits.get(file), form["compressed"])
            table = next((one for one in same if (one.split, one.form["compressed"]) == key), None)
            if table is None:
                same.append(table := _Table(form, splits.get(file)))
            table.add(file, form)
        kinds.sort(key=lambda kind: -sum(table.size_bytes for table in kind))
        names = in_order([*filter(None, splits.values())])
        return [
            table
            for kind in kinds
            for table in sorted(kind, key=lambda one: names.index(one.split) if one.split else -1)
        ]

    def _forms(self, process: DescribingProcess) -> Iterator[tuple[DataFile, TableForm]]:
        for file in self._sample.files:
            if file.size_bytes:
                try:
                    path = str(self._root / file.path)
                    yield file, process.ask(_INSPECT, file=path, file_type=file.file_type)
                except DescriptionError as error:
                    self._problems.append(file_problem(self._root, file.path, error))

    def _summarize(self, table: _Table, process: DescribingProcess) -> None:
        """Describe a table without the files that cannot be read."""
        if (count := len(table.form["columns"])) > _MOST_COLUMNS:
            what = f"it has {count:,} columns; tables of up to {_MOST_COLUMNS:,} are described"
            self._problems.append({"file": table.name, "message": what})
            return
        try:
            table.summary = self._asked(table.files, table.form, process)
        except DescriptionError as error:
            bad = self._bad_files(table.files, table.form, process, error)
            if len(bad) > _BAD_FILES or len(bad) == len(table.files):
                self._problems.append({"file": table.name, "message": str(error)})
                return
            for file, why in bad.items():
                self._problems.append(file_problem(self._root, file.path, why))
            table.files = [file for file in table.files if file not in bad]
            self._summarize(table, process)
            return
        for message in table.summary["problems"]:
            self._problems.append({"file": table.name, "message": message})
        if count > self._limits.columns:
            what = f"it has {count:,} columns; the first {self._limits.columns:,} are described"
            self._problems.append({"file": table.name, "message": what})

    def _asked(
        self, files: Sequence[DataFile], form: TableForm, process: DescribingProcess
    ) -> TableSummary:
        """Return the summary of files; by a sample where they are large or take too much."""
        factor = _UNPACKED if form["compressed"] else 1
        is_large = factor * sum(file.size_bytes for file in files) > self._limits.table_bytes
        sizes = (self._limits.sample_bytes,) if is_large else (None, self._limits.sample_bytes)
        for sample_bytes in sizes:
            try:
                summary: TableSummary = process.ask(
                    _SUMMARIZE,
                    files=[str(self._root / file.path) for file in files],
                    form=form,
                    most_columns=self._limits.columns,
                    sample_bytes=sample_bytes,
                    threads=self._threads(files),
                    memory_bytes=self._limits.memory_bytes,
                )
            except DescriptionLimitError:
                if sample_bytes is not None:
                    raise
            else:
                return summary
        raise AssertionError

    def _threads(self, files: Sequence[DataFile]) -> int:
        """Return one thread for small tables: approximate numbers then are always the same."""
        is_small = sum(file.size_bytes for file in files) <= _SMALL_BYTES
        return 1 if is_small else self._limits.threads

    def _bad_files(
        self,
        files: Sequence[DataFile],
        form: TableForm,
        process: DescribingProcess,
        error: DescriptionError,
    ) -> dict[DataFile, DescriptionError]:
        """Return the files that cannot be read, and why, by halving; not many of them."""
        if isinstance(error, DescriptionLimitError) or len(files) == 1:
            return dict.fromkeys(files, error)
        bad: dict[DataFile, DescriptionError] = {}
        middle = len(files) // 2
        for half in (files[:middle], files[middle:]):
            if len(bad) <= _BAD_FILES:
                try:
                    self._asked(half, form, process)
                except DescriptionError as why:
                    bad |= self._bad_files(half, form, process, why)
        return bad

    def _entry(self, table: _Table, summary: TableSummary) -> TableStatistics:
        """Return what is known of a table; where not all files were opened, of all about."""
        factor = self._sample.count / len(self._sample.files)
        entry: TableStatistics = {
            "name": table.name,
            "split": table.split and shown_path(table.split),
            "format": table.form["format"],
            "files": round(len(table.files) * factor),
            "size_bytes": round(table.size_bytes * factor),
            "rows": round(summary["rows"] * factor),
            "estimated": summary["estimated"],
            "sample": summary["sample"],
            "columns": summary["columns"],
        }
        if not self._sample.is_whole:
            read = summary["sample"] or {
                "rows": summary["rows"],
                "size_bytes": table.size_bytes,
                "of_bytes": table.size_bytes,
            }
            entry["sample"] = {**read, "of_bytes": entry["size_bytes"]}
            entry["estimated"] = True
        return entry

    def _examples(self, tables: Sequence[_Table]) -> dict[str | None, int] | None:
        """Return the rows by split of the tables with the columns that have the most bytes."""
        same = [table for table in tables if _is_alike(tables[0].form, table.form)]
        if not same or not all(table.summary for table in same):
            return None
        rows: Counter[str | None] = Counter()
        for table in same:
            if table.summary:
                rows[table.split] += self._entry(table, table.summary)["rows"]
        return dict(rows)


def _withheld(entry: TableStatistics) -> Iterator[WithheldColumn]:
    for column in entry["columns"]:
        if column["withheld"]:
            yield {
                "table": entry["name"],
                "column": column["name"],
                "reason": column["withheld"],
            }
