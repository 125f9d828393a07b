"""The commands, in the order of `--help`; each is imported only when it is needed.

`list-datasets` is the function `list_datasets` in `huggingnersc/cli/list_datasets.py`. Its
docstring is its help (see `huggingnersc.cli.docstrings`) and begins with the summary given here,
so that all commands can be listed without importing any; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

MAKE = "Catalog a dataset"
KEEP = "Find and look after datasets"
MACHINE = "This machine"


@dataclass(frozen=True, slots=True)
class Command:
    """A command as the list of commands shows it."""

    name: str
    panel: str
    summary: str


COMMANDS = (
    Command(
        "init-dataset",
        MAKE,
        "Look at data and write a folder to start from.",
    ),
    Command("validate-metadata", MAKE, "Check metadata files against the site's schema."),
    Command("catalog-new-dataset", MAKE, "Catalog a dataset that stays where it is."),
    Command("preview-dataset", MAKE, "Show a dataset's page as the Hub will show it."),
    Command("list-datasets", KEEP, "List the cataloged datasets, or find some of them."),
    Command("inspect-dataset", KEEP, "Show all that is known of a cataloged dataset."),
    Command("check-dataset", KEEP, "Check everything that a visitor of a dataset depends on."),
    Command("update-dataset", KEEP, "Change a cataloged dataset, or bring the Hub to its record."),
    Command("remove-dataset", KEEP, "Take a dataset out of the catalog; the data stays."),
    Command("restore-dataset", KEEP, "Bring a removed dataset back."),
    Command("doctor", MACHINE, "Look whether everything that cataloging needs is here and works."),
    Command("serve-hub", MACHINE, "Serve the embedded Hub until Ctrl-C."),
)
