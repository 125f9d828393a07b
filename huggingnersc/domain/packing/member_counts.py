"""How many samples a shard has by its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.packing.grouping import key_function
from huggingnersc.domain.packing.member_line import parse_member_line
from huggingnersc.domain.packing.options import PackOptions
from huggingnersc.domain.packing.pack import ShardForm
from huggingnersc.domain.packing.webdataset_names import member_key
from huggingnersc.domain.text.escaped_names import unescaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from huggingnersc.domain.packing.pack import Pack


def count_samples(pack: Pack, lines: Iterable[bytes]) -> int:
    """Return how many samples the lines of a manifest are: rows of tables, else different keys.

    Args:
        pack: what the shard is a part of.
        lines: of its manifest, without their ends.

    Raises:
        ValueError: the pack's options do not say what a sample is.
    """
    members = [*map(parse_member_line, lines)]
    rows = [member.rows(pack.form) for member in members]
    if None not in rows:
        return sum(filter(None, rows))
    key_of = _key_function(pack)
    return len({key_of(unescaped(member.name)) for member in members})


def _key_function(pack: Pack) -> Callable[[bytes], bytes | None]:
    if pack.form is ShardForm.WEBDATASET:
        return member_key
    options = PackOptions(form=pack.form, group_by=str(pack.options.get("group_by", "")))
    return key_function(options.grouping, pack.form)
