"""A file of arrays: its tree, and what samples of its values say."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.adapters.statistics.array_members import (
    UNREADABLE,
    common_attributes,
    merge_members,
    named,
)
from huggingnersc.adapters.statistics.array_preview import preview_of
from huggingnersc.adapters.statistics.array_values import RunningValues, packing_of
from huggingnersc.adapters.statistics.blocks import block_shape, sampled_blocks

if TYPE_CHECKING:
    from huggingnersc.adapters.data_files.budget import Budget
    from huggingnersc.adapters.statistics.array_members import ArrayMember, NumberSource
    from huggingnersc.domain.versions.statistics import ArrayPreview


@dataclass(slots=True)
class ArrayFile:
    """What is in a file, or in files of one structure.

    Attributes:
        attributes: of the file itself.
        members: its groups and arrays, a group before what it holds.
        problems: what is left out, each as the end of a sentence about the file.
        preview: a slice of its largest array.
    """

    attributes: dict[str, str]
    members: list[ArrayMember]
    problems: list[str] = field(default_factory=list)
    preview: ArrayPreview | None = None

    def merge(self, other: ArrayFile) -> None:
        """Take in another file of the same structure."""
        self.attributes = common_attributes(self.attributes, other.attributes)
        merge_members(self.members, other.members)


def with_values(found: ArrayFile, budget: Budget, sample_bytes: int) -> ArrayFile:
    """Return a file with its units, and with what is known of the numbers of its arrays.

    Args:
        found: the file.
        budget: of time and bytes; where it is spent, nothing more is read.
        sample_bytes: how much is read at most, in all.
    """
    found.preview = _preview(found)
    share = sample_bytes // max(1, sum(len(member.sources) for member in found.members))
    late: list[str] = []
    for member in found.members:
        member.units = str(member.attributes.pop("units", ""))
        sources, member.sources = member.sources, []
        if sources and budget.is_spent:
            late.append(member.path)
        elif sources:
            try:
                member.values = _merged(sources, budget, share)
            except UNREADABLE as error:  # by a filter that is not installed, or damaged here
                found.problems.append(f"the values of {member.path} cannot be read: {error}")
                continue
            member.values.total = round(member.values.total * member.count / len(sources))
            _give_dates(member)
    if late:
        found.problems.append(f"has {named('array', late)} not read within the time for a file")
    return found


def _preview(found: ArrayFile) -> ArrayPreview | None:
    with suppress(*UNREADABLE):
        return preview_of(found.members)
    return None


def _merged(sources: list[NumberSource], budget: Budget, share: int) -> RunningValues:
    values = RunningValues()
    for source in sources:
        values.merge(_values(source, budget, share))
    return values


def _give_dates(member: ArrayMember) -> None:
    """Show dates in place of the numbers that mean them, whatever they are counted from."""
    calendar = str(member.attributes.get("calendar", ""))
    dated = member.values.dated(member.units, calendar) if member.values else None
    if dated:
        member.values, member.units = dated, "date"
        member.attributes.pop("calendar", None)
        if calendar not in {"", "standard", "gregorian", "proleptic_gregorian"}:
            member.units = f"date, calendar {calendar}"


def _values(source: NumberSource, budget: Budget, share: int) -> RunningValues:
    """Return what a sample of an array says, as the values are meant."""
    block = block_shape(source.shape, source.chunk, source.item_bytes, share)
    most = max(1, share // max(1, math.prod(block) * source.item_bytes))
    packing = packing_of(source.attributes, source.dtype, is_netcdf=source.is_netcdf)
    values = RunningValues(total=math.prod(source.shape))
    for place in sampled_blocks(source.shape, block, most):
        part = source.read(place)
        if part is not None:
            values.add(part, packing)
            budget.spend(part.size * source.item_bytes)
        if budget.is_spent:
            break
    return values.scaled(packing) if packing.is_packed else values
