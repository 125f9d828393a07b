"""The commands, in the order of `--help`; each is imported only when it is needed.

`list-datasets` is the function `list_datasets` in `huggingnersc/cli/catalog/list_datasets.py`. Its
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
    """A command as the list of commands shows it.

    Attributes:
        name: as it is typed.
        room: the package in `huggingnersc.cli` that holds it.
        panel: the heading it stands under in `--help`.
        summary: the first line of its docstring.
    """

    name: str
    room: str
    panel: str
    summary: str

    @property
    def function_name(self) -> str:
        """The name of the module and of the function in it."""
        return self.name.replace("-", "_")

    @property
    def module(self) -> str:
        """The module that holds it."""
        return f"huggingnersc.cli.{self.room}.{self.function_name}"


COMMANDS = (
    Command(
        "init-dataset",
        "draft",
        MAKE,
        "Look at data and write a folder to start from.",
    ),
    Command("validate-metadata", "check", MAKE, "Check metadata files against the site's schema."),
    Command("catalog-new-dataset", "catalog", MAKE, "Catalog a dataset that stays where it is."),
    Command("preview-dataset", "catalog", MAKE, "Show a dataset's page as the Hub will show it."),
    Command(
        "list-datasets", "catalog", KEEP, "List the cataloged datasets, or find some of them."
    ),
    Command("inspect-dataset", "catalog", KEEP, "Show all that is known of a cataloged dataset."),
    Command(
        "check-dataset", "check", KEEP, "Check everything that a visitor of a dataset depends on."
    ),
    Command(
        "update-dataset",
        "catalog",
        KEEP,
        "Change a cataloged dataset, or bring the Hub to its record.",
    ),
    Command(
        "remove-dataset", "catalog", KEEP, "Take a dataset out of the catalog; the data stays."
    ),
    Command("restore-dataset", "catalog", KEEP, "Bring a removed dataset back."),
    Command(
        "doctor",
        "doctor",
        MACHINE,
        "Look whether everything that cataloging needs is here and works.",
    ),
    Command("serve-hub", "hub", MACHINE, "Serve the embedded Hub until Ctrl-C."),
)
