"""A change of a dataset that is planned and can be applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Pending(Generic[R]):
    """A planned change; its dataset stays locked until the block that planned it ends.

    Attributes:
        plan: what the change does, as the result that a dry run has.
        do: applies it; None for a dry run, and where there is nothing to do.
    """

    plan: R
    do: Callable[[], R] | None

    @property
    def can_change(self) -> bool:
        """Whether applying it changes anything."""
        return self.do is not None

    def apply(self) -> R:
        """Apply the change and return its result: the plan itself where nothing is to be done."""
        return self.plan if self.do is None else self.do()
