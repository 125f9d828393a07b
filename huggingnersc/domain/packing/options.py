"""How a source is packed, as the user gave it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.packing.grouping import GroupBy, GroupKind, compiled, parse_group_by
from huggingnersc.domain.packing.pack import Compress, ShardForm
from huggingnersc.domain.packing.path_columns import parse_path_columns
from huggingnersc.domain.packing.splits import SplitShare, parse_shares
from huggingnersc.fixes import Message, Option
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARD_BYTES = 512_000_000


class ShareUnit(StrEnum):
    """What the shares of splits are shares of."""

    COUNT = "count"
    BYTES = "bytes"


class SourceKind(StrEnum):
    """What a source holds."""

    FILES = "files"
    TABLES = "tables"
    IDX = "idx"
    CIFAR = "cifar"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackOptions:
    """How a source is packed; empty words choose by what the source holds.

    Attributes:
        form: of the shards, a `ShardForm`.
        compress: of tar files, a `Compress`.
        group_by: which files are one sample: `file`, `stem`, `folder`, `folder:N`, or a regular
            expression.
        split: the shares of splits, such as `train=0.75,test=0.25`.
        seed: of the order of the samples.
        by: what shares are of, a `ShareUnit`.
        stratify_by: `folder`, a regular expression, or a column: within what is equal, every
            split gets its share.
        keep_together: a regular expression; samples in which it finds the same are in one split.
        shard_size_bytes: the most of a shard, unless it is one sample.
        path_columns: the columns that the last folders of a sample are, such as `video,camera`;
            for Parquet.
    """

    form: str = ""
    compress: str = Compress.NONE.value
    group_by: str = ""
    split: str = ""
    seed: int = 0
    by: str = ShareUnit.COUNT.value
    stratify_by: str = ""
    keep_together: str = ""
    shard_size_bytes: int = SHARD_BYTES
    path_columns: str = ""

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with them; a column is looked for only in the source."""
        checks: tuple[tuple[Field, str, Callable[[str], object]], ...] = (
            (Field.FORM, self.form, ShardForm),
            (Field.COMPRESS, self.compress, Compress),
            (Field.GROUP_BY, self.group_by, parse_group_by),
            (Field.SPLIT, self.split, parse_shares),
            (Field.BY, self.by, ShareUnit),
            (Field.STRATIFY_BY, self.stratify_by, compiled),
            (Field.KEEP_TOGETHER, self.keep_together, compiled),
            (Field.PATH_COLUMNS, self.path_columns, parse_path_columns),
        )
        for name, value, check in checks:
            try:
                if value:
                    check(value)
            except ValueError as error:
                yield Problem(name, str(error))
        if self.shard_size_bytes < 1:
            yield Problem(Field.SHARD_SIZE, "it is less than one byte")
        yield from self._conflicts()

    def _conflicts(self) -> Iterator[Problem]:
        if self.form == ShardForm.PARQUET and self.compress != Compress.NONE:
            yield Problem(Field.COMPRESS, "Parquet files are compressed in themselves")
        if self.form == ShardForm.WEBDATASET and self.path_columns:
            yield Problem(Field.PATH_COLUMNS, "only Parquet files have such columns")
        marks = {Field.STRATIFY_BY: self.stratify_by, Field.KEEP_TOGETHER: self.keep_together}
        for name in (name for name, value in marks.items() if value and not self.split):
            yield Problem(name, Message("it divides samples only with ", Option(Field.SPLIT)))

    @property
    def grouping(self) -> GroupBy:
        """Which files are one sample.

        Where nothing was chosen, each file is a row of a Parquet file, and files of the same stem
        are a sample of a WebDataset, as its readers see them.
        """
        is_parquet = self.form == ShardForm.PARQUET
        return parse_group_by(self.group_by or (GroupKind.FILE if is_parquet else GroupKind.STEM))

    def chosen(self, kind: SourceKind) -> PackOptions:
        """Return them with the form that fits what the source holds, where none was chosen."""
        if self.form:
            return self
        is_plain = kind is SourceKind.FILES and self.grouping.kind is not GroupKind.FOLDER
        has_columns = self.path_columns or self.grouping.named_groups
        form = ShardForm.WEBDATASET if is_plain and not has_columns else ShardForm.PARQUET
        return replace(self, form=form)

    @property
    def shares(self) -> tuple[SplitShare, ...]:
        """The shares of splits; empty where none were given."""
        return parse_shares(self.split) if self.split else ()

    @property
    def path_column_names(self) -> tuple[str, ...]:
        """The columns that the last folders of a sample are."""
        return parse_path_columns(self.path_columns)

    def as_given(self) -> dict[str, Any]:
        """Return them as JSON values, for `pack.json`."""
        return asdict(self)
