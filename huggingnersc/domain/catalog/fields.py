"""The arguments of verbs, as every floor knows them, and those that are recorded as they are."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum, auto
from typing import Any, get_type_hints


class Field(StrEnum):
    """A named argument; its value is its name in lower case, the keyword in the Python API."""

    # what a dataset is made of
    OFFICIAL_NAME = auto()
    NICKNAME = auto()
    LOADER = auto()
    PORTAL_LINK = auto()
    METADATA = auto()
    BATCH_SCRIPT = auto()
    DATA_PATH = auto()
    INCLUDE = auto()
    DISTRIBUTED = auto()
    JOB_NOTEBOOK = auto()
    PRIVATE = auto()
    ABOUT = auto()
    RUN_COMMAND = auto()
    KERNEL = auto()
    SCHEMA = auto()
    # what a new dataset's metadata is made of
    LICENSE = auto()
    TASKS = auto()
    LANGUAGES = auto()
    TAGS = auto()
    PAPERS = auto()
    SIZE_CATEGORY = auto()
    PRETTY_NAME = auto()
    # versions of the data
    VERSION = auto()
    MESSAGE = auto()
    LABEL = auto()
    PARENT = auto()
    RETIRED = auto()
    DRAFT = auto()
    MANIFEST = auto()
    STATISTICS = auto()
    PRIVATE_STATISTICS = auto()
    SAMPLE = auto()
    SAMPLE_ROWS = auto()
    PUBLISH_PARQUET = auto()
    ALLOW_UNREADABLE = auto()
    # how a source is packed
    FORM = auto()
    COMPRESS = auto()
    GROUP_BY = auto()
    SPLIT = auto()
    BY = auto()
    STRATIFY_BY = auto()
    KEEP_TOGETHER = auto()
    SHARD_SIZE = auto()
    PATH_COLUMNS = auto()
    # how a verb does its work
    ENGINE = auto()
    ALLOW_SECRET = auto()
    COUNT_ALL = auto()
    DELETE = auto()
    DRY_RUN = auto()
    EXAMPLE = auto()
    FORCE = auto()
    GROUP = auto()
    MEMORY_GB = auto()
    OUTPUT = auto()
    OVERWRITE = auto()
    REMOVED = auto()
    TAKE_EDITS = auto()
    TIMEOUT_S = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFacts:
    """The facts of a dataset that are the same in a request, a validated dataset and a record.

    A fact is a `str` or a `bool` and has the name of its `Field`, of the keyword in the Python
    API, of the value in templates and of the key in the record; one that came after the first
    four has an empty default.

    Attributes:
        official_name: the title people read.
        nickname: the name in paths and on the Hub.
        distributed: whether the loader is a distributed one.
        private: whether the repository is private.
        about: the description on the card, Markdown; empty where there is none.
        run_command: how the loader is run, where it cannot be known from its text; it may have
            `{loader}` and `{data}`.
        kernel: the Jupyter kernel of the notebook, where it is not the site's.
        schema: the name of the metadata schema, where it is not the site's.
    """

    official_name: str
    nickname: str
    distributed: bool = False
    private: bool = False
    about: str = ""
    run_command: str = ""
    kernel: str = ""
    schema: str = ""


FACT_KINDS: dict[str, Any] = get_type_hints(DatasetFacts)  # `str` or `bool`, by name


def facts_of(dataset: DatasetFacts) -> dict[str, Any]:
    """Return the facts of a dataset, to make another value of it."""
    return {field.name: getattr(dataset, field.name) for field in fields(DatasetFacts)}
