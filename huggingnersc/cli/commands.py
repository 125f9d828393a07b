"""The commands, in the order of `--help`; each is imported only when needed.

`list-datasets` is the function `list_datasets` in `huggingnersc/cli/catalog/list_datasets.py`. Its
docstring is its help (see `huggingnersc.cli.docstrings`) and begins with the summary below. The
summaries are repeated here so that `--help` lists them without importing any command; a test
compares both.
"""

from __future__ import annotations

from dataclasses import dataclass

MAKE = "Catalog a dataset"
KEEP = "Find and maintain datasets"
VERSIONS = "Versions of the data"
MOVE = "Pack and move the data"
RUNS = "Runs of heavy commands"
MACHINE = "This machine"


@dataclass(frozen=True, slots=True)
class Command:
    """A command in the list of commands.

    Attributes:
        name: its name on the command line.
        room: the package in `huggingnersc.cli` that contains it.
        panel: its heading in `--help`.
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
        """The module that contains it."""
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
    Command(
        "inspect-dataset",
        "versions",
        KEEP,
        "Show all that is known of a dataset, or of a version of it.",
    ),
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
    Command("export-catalog", "hub", KEEP, "Write the catalog as a static site for a web portal."),
    Command(
        "snapshot-dataset",
        "versions",
        VERSIONS,
        "Make a version of the data of a dataset, which stays where it is.",
    ),
    Command(
        "list-versions", "versions", VERSIONS, "List the versions of a dataset, the newest first."
    ),
    Command(
        "compare-datasets",
        "versions",
        VERSIONS,
        "Show how two versions, datasets or folders differ.",
    ),
    Command(
        "verify-dataset",
        "versions",
        VERSIONS,
        "Check that the data is still that of a version, or a pack as it was written.",
    ),
    Command(
        "update-version",
        "versions",
        VERSIONS,
        "Describe, label or retire a version; its files never change.",
    ),
    Command(
        "pack-dataset",
        "packing",
        MOVE,
        "Pack a dataset into shards with splits, for the Hub or another machine.",
    ),
    Command(
        "upload-dataset",
        "packing",
        MOVE,
        "Put the data of a dataset on the Hub, as the shards of a pack.",
    ),
    Command(
        "download-dataset",
        "packing",
        MOVE,
        "Download the files of a dataset, and check each of them.",
    ),
    Command("status-run", "runs", RUNS, "Show how far the runs of heavy verbs are."),
    Command(
        "resume-run", "runs", RUNS, "Complete a run that was stopped, failed, or left to Slurm."
    ),
    Command("cancel-run", "runs", RUNS, "Cancel the jobs of a run; what is done is kept."),
    Command(
        "doctor",
        "doctor",
        MACHINE,
        "Check that everything cataloging needs is available and works.",
    ),
    Command("serve-hub", "hub", MACHINE, "Serve the embedded Hub until Ctrl-C."),
)
