"""Every error a user may meet, each with its sentence and the next step.

`str(error)` is one sentence that names the thing; `error.hint` is the next step, a sentence or a
`Message` with commands in it. The command line prints both to stderr and exits with
`error.exit_code`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huggingnersc.changes import FileChange
    from huggingnersc.fixes import Text
    from huggingnersc.problems import Problem


class HuggingNerscError(Exception):
    """Anything HuggingNERSC can explain.

    Where it is not caught, Python's traceback shows the problems and the hint below the message.

    Args:
        message: one sentence that names the thing.
        hint: the next step, when there is one.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: Text | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")


class InstallationError(HuggingNerscError):
    """A part of HuggingNERSC itself is missing or does not fit."""


class SettingsError(HuggingNerscError):
    """A site profile, a configuration file or an environment variable is wrong."""


class TokenWithheldError(SettingsError):
    """The user's token is not meant for the address of the Hub, so it is not sent."""


class _ProblemsError(HuggingNerscError):
    """An error that carries every problem found, not only the first, and the warnings."""

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        problems: Sequence[Problem],
        hint: Text | None = None,
        warnings: Sequence[Text] = (),
    ) -> None:
        super().__init__(message, hint=hint)
        self.problems, self.warnings = tuple(problems), tuple(warnings)
        notes = (*map(str, self.problems), *(f"warning: {text}" for text in self.warnings))
        self.__notes__ = [*notes, *getattr(self, "__notes__", ())]


class MetadataError(HuggingNerscError):
    """A metadata file or schema cannot be read."""


class MetadataInvalidError(MetadataError, _ProblemsError):
    """The metadata breaks the schema; `problems` holds every place where it does."""


class DatasetError(HuggingNerscError):
    """Something about a cataloged (or to be cataloged) dataset."""


class RequestInvalidError(DatasetError, _ProblemsError):
    """The requested dataset cannot be cataloged; `problems` holds every reason."""


class AnswersMissingError(DatasetError, _ProblemsError):
    """Information that only a steward has is missing; `problems` names the field of each."""

    exit_code = 2


class DatasetUnknownError(DatasetError):
    """No dataset of this nickname is cataloged here."""


class VersionUnknownError(DatasetError):
    """A dataset has no version of this name, or none at all."""


class DatasetExistsError(DatasetError):
    """The nickname is cataloged already, with other content."""


class DatasetBusyError(DatasetError):
    """Another process works on the same nickname at this moment."""


class RecordDamagedError(DatasetError):
    """A record in the catalog cannot be read."""


class VersionsAlteredError(DatasetError, _ProblemsError):
    """Versions are not as they were made; `problems` names every file."""


class VersionDamagedError(DatasetError):
    """A version in a catalog folder or draft cannot be read."""


class VersionExistsError(DatasetError):
    """The name is that of a version, which is never made again."""


class DataChangingError(DatasetError, _ProblemsError):
    """Files change while a version is made of them; `problems` names them."""

    exit_code = 3


class DataIncompleteError(DatasetError, _ProblemsError):
    """Some of the data cannot be read; `problems` names what."""

    exit_code = 3


class DataClosedError(DatasetError):
    """Not everyone may read the data whose descriptions would become public."""


class RecordRefusedError(DatasetError, _ProblemsError):
    """A record, or a file beside it, is not to be trusted; `problems` names what and why."""

    exit_code = 3


class RecordsDamagedError(RecordDamagedError, _ProblemsError):
    """Some records of the catalog cannot be read; `problems` names each."""

    exit_code = 3


class DataUnreadableError(DatasetError):
    """The root of the data cannot be read."""


class PackingError(HuggingNerscError):
    """A source cannot be packed, or not as was asked for."""


class PackOptionsError(PackingError, _ProblemsError):
    """Options of a pack are written wrongly or exclude each other; `problems` holds each."""

    exit_code = 2


class SourceUnsuitableError(PackingError, _ProblemsError):
    """A source cannot be packed as it is; `problems` holds every reason with its count."""

    exit_code = 1


class SourceChangedError(PackingError):
    """A file of the source is not what it was when the shards were planned."""


class PackExistsError(PackingError):
    """The folder for a pack holds something else."""


class PackDamagedError(PackingError):
    """A pack cannot be read."""


class PackFilesDamagedError(PackDamagedError, _ProblemsError):
    """Files of a pack are not as it recorded them, or cannot be read; `problems` names each."""

    exit_code = 3


class RunError(HuggingNerscError):
    """Something about a run, the heavy work of a verb."""


class RunUnknownError(RunError):
    """There is no run of this id here."""


class RunExistsError(RunError):
    """The id is that of an unfinished run with other work."""


class RunBusyError(RunError):
    """Another process works on the same run at this moment."""


class RunDamagedError(RunError):
    """The folder of a run cannot be read, or holds what no run writes."""


class RunFailedError(RunError):
    """Some of the work of a run failed; what is done is kept."""


class RunPendingError(RunError):
    """The work of a run is left to the jobs of Slurm, as was asked for; `run_id` names it.

    A verb returns it as a result; nothing has failed.
    """

    def __init__(self, message: str, *, run_id: str, job_id: str, hint: Text) -> None:
        super().__init__(message, hint=hint)
        self.run_id, self.job_id = run_id, job_id


class RunLeft(KeyboardInterrupt):
    """Ctrl-C came while jobs of Slurm work on a run; they go on, and `hint` is the next step."""

    def __init__(self, hint: Text) -> None:
        super().__init__()
        self.hint = hint


class RunBudgetError(RunError):
    """The work is more than the site allows on this machine; what is done is kept."""


class TransferError(HuggingNerscError):
    """Bytes cannot be moved, or not now; what is done is kept."""


class TransferIncompleteError(TransferError, _ProblemsError):
    """Some files cannot be had, or are not those that were recorded; `problems` names each."""

    exit_code = 3


class TargetOccupiedError(TransferError, _ProblemsError):
    """The folder holds files that would be overwritten; `problems` names each."""

    exit_code = 3


class BucketError(TransferError):
    """An S3 storage refused or failed."""


class BucketAccessError(BucketError):
    """The credentials for a bucket are missing, wrong, or do not allow this."""


class BucketMissingError(BucketError):
    """The bucket, or what should be in it, does not exist."""


class BucketConflictError(BucketError, _ProblemsError):
    """A folder in a bucket holds other files under the names of those to be sent."""

    exit_code = 3


class HubError(HuggingNerscError):
    """The Hub refused or failed."""


class HubAccessError(HubError):
    """The token is missing, wrong, or not allowed to do this."""


class HubMissingError(HubError):
    """The repository, revision or file does not exist, or is hidden from this token."""


class HubConflictError(HubError):
    """The Hub does not hold what was expected."""


class HubEditedError(HubConflictError):
    """Someone else changed the repository; `changes` holds what, file by file."""

    def __init__(
        self, message: str, *, changes: Sequence[FileChange], hint: Text | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.changes = tuple(changes)


class HubUnreachableError(HubError):
    """No answer from the Hub."""


class HubFullError(HubUnreachableError):
    """No space is left where the Hub keeps its files."""


class HubAnswerError(HubUnreachableError):
    """No usable answer from the Hub: it is not what the protocol promises."""
