"""The arguments of verbs, as every floor knows them; each front end has its own names for them."""

from __future__ import annotations

from enum import StrEnum, auto


class Field(StrEnum):
    """A named argument; its value is its name in lower case, the keyword in the Python API."""

    # what a dataset is made of
    OFFICIAL_NAME = auto()
    NICKNAME = auto()
    LOADER = auto()
    PORTAL_LINK = auto()
    METADATA = auto()
    BATCH_SCRIPT = auto()
    DISTRIBUTED = auto()
    DATA_PATH = auto()
    INCLUDE = auto()
    JOB_NOTEBOOK = auto()
    PRIVATE = auto()
    # what a new dataset's metadata is made of
    LICENSE = auto()
    TASKS = auto()
    LANGUAGES = auto()
    TAGS = auto()
    PAPERS = auto()
    SIZE_CATEGORY = auto()
    # how a verb does its work
    ALLOW_SECRET = auto()
    COUNT_ALL = auto()
    DELETE = auto()
    DRY_RUN = auto()
    FORCE = auto()
    OUTPUT = auto()
    OVERWRITE = auto()
    REMOVED = auto()
