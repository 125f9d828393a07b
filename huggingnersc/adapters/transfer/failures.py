"""How moving a file may fail, between the parts of the transfer engine; no user sees these."""

from __future__ import annotations


class TransferCutError(Exception):
    """An answer failed or ended early; the same request may succeed later.

    Args:
        reason: to follow the name of the file in a sentence.
        pause_s: how long the other side asks to wait; None where it does not say.
        is_answered: whether the other side is there, and answered something.
    """

    def __init__(
        self, reason: str, *, pause_s: float | None = None, is_answered: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason, self.pause_s, self.is_answered = reason, pause_s, is_answered


class OtherContentError(TransferCutError):
    """The file at the source is not the one whose first bytes were moved."""


class FileRefusedError(Exception):
    """This file cannot be had, now or later; other files may.

    Args:
        reason: to follow the name of the file in a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
