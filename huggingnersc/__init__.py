"""Catalog the datasets of a computing centre on the Hugging Face Hub; the data stays there.

Every verb of the command line is a function here, imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huggingnersc.api.catalog_new_dataset import catalog_new_dataset
    from huggingnersc.api.check_dataset import check_dataset
    from huggingnersc.api.check_hub import check_hub
    from huggingnersc.api.doctor import doctor
    from huggingnersc.api.init_dataset import init_dataset
    from huggingnersc.api.inspect_dataset import inspect_dataset
    from huggingnersc.api.list_datasets import list_datasets
    from huggingnersc.api.preview_dataset import preview_dataset
    from huggingnersc.api.remove_dataset import remove_dataset
    from huggingnersc.api.restore_dataset import restore_dataset
    from huggingnersc.api.serve_hub import serve_hub
    from huggingnersc.api.update_dataset import update_dataset
    from huggingnersc.api.validate_metadata import validate_metadata

__all__ = [
    "catalog_new_dataset",
    "check_dataset",
    "check_hub",
    "doctor",
    "init_dataset",
    "inspect_dataset",
    "list_datasets",
    "preview_dataset",
    "remove_dataset",
    "restore_dataset",
    "serve_hub",
    "update_dataset",
    "validate_metadata",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(f"huggingnersc.api.{name}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
