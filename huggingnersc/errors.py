"""Every error a user may meet, each with its sentence and the next step.

`str(error)` is one sentence that names the thing; `error.hint` says what to type or do next.
The command line prints both to stderr and exits with `error.exit_code`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huggingnersc.changes import FileChange
    from huggingnersc.problems import Problem


class HuggingNerscError(Exception):
    """Anything HuggingNERSC can explain.

    Where it is not caught, Python's traceback shows the problems and the hint below the message.

    Args:
        message: one sentence that names the thing.
        hint: the next step, when there is one.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")


class InstallationError(HuggingNerscError):
    """A part of HuggingNERSC itself is missing or does not fit."""


class SettingsError(HuggingNerscError):
    """A site profile, a configuration file or an environment variable is wrong."""


class _ProblemsError(HuggingNerscError):
    """An error that carries every problem found, not only the first, and what else was noticed."""

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        problems: Sequence[Problem],
        hint: str | None = None,
        warnings: Sequence[str] = (),
    ) -> None:
        super().__init__(message, hint=hint)
        self.problems, self.warnings = tuple(problems), tuple(warnings)
        told = (*map(str, self.problems), *(f"warning: {said}" for said in self.warnings))
        self.__notes__ = [*told, *getattr(self, "__notes__", ())]


class MetadataError(HuggingNerscError):
    """A metadata file or schema cannot be read."""


class MetadataInvalidError(MetadataError, _ProblemsError):
    """The metadata breaks the schema; `problems` holds every place where it does."""


class DatasetError(HuggingNerscError):
    """Something about a cataloged (or to be cataloged) dataset."""


class RequestInvalidError(DatasetError, _ProblemsError):
    """What was asked for cannot be cataloged; `problems` holds every reason."""


class AnswersMissingError(DatasetError, _ProblemsError):
    """Something only a steward can tell was not said; `problems` holds the option for each."""

    exit_code = 2


class DatasetUnknownError(DatasetError):
    """No dataset of this nickname is cataloged here."""


class DatasetExistsError(DatasetError):
    """The nickname is cataloged already, with other content."""


class DatasetBusyError(DatasetError):
    """Another process works on the same nickname at this moment."""


class RecordDamagedError(DatasetError):
    """A record in the catalog cannot be read."""


class RecordsDamagedError(RecordDamagedError, _ProblemsError):
    """Some records of the catalog cannot be read; `problems` names each."""

    exit_code = 3


class IntegrityError(HuggingNerscError):
    """Bytes are not what their checksum says."""


class HubError(HuggingNerscError):
    """The Hub refused or failed."""


class HubAccessError(HubError):
    """The token is missing, wrong, or not allowed to do this."""


class HubMissingError(HubError):
    """The repository, revision or file does not exist, or is hidden from this token."""


class HubConflictError(HubError):
    """The Hub holds something else than expected."""


class HubEditedError(HubConflictError):
    """Somebody else changed the repository; `changes` holds what, file by file."""

    def __init__(
        self, message: str, *, changes: Sequence[FileChange], hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.changes = tuple(changes)


class HubUnreachableError(HubError):
    """No answer from the Hub."""


class PackError(HuggingNerscError):
    """Packing failed."""


class MirrorError(HuggingNerscError):
    """Mirroring failed."""
