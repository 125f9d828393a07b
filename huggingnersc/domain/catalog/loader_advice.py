"""What a steward should know of a loader before others run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.kernel import lacking_modules
from huggingnersc.domain.catalog.run_command import example_command, run_command
from huggingnersc.fixes import Message, Option, Placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
    from huggingnersc.domain.site import JupyterSettings


def loader_advice(spec: DatasetSpec, jupyter: JupyterSettings) -> Iterator[Message]:
    """Yield what keeps the notebook or the command of a loader from working as it is.

    A distributed loader has no notebook, and its batch script runs it.
    """
    if spec.distributed:
        return
    loader = spec.scripts.loader
    run = run_command(loader, spec.run_command)
    if run.doubt:
        example = Option(Field.RUN_COMMAND, example_command(loader))
        yield Message(
            f"How {loader.name} takes the path of the data is not known: {run.doubt}. State "
            "the command, such as: ",
            example,
        )
    if lacking := lacking_modules(spec.scripts, run, spec.kernel, jupyter):
        yield Message(
            f"{loader.name} imports {', '.join(lacking)}, which the kernel {jupyter.kernel_name} "
            "of this site does not have; name one that has: ",
            Option(Field.KERNEL, Placeholder.NAME),
        )
