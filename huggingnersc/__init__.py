"""Catalog the datasets of a computing centre on the Hugging Face Hub; the data stays there.

Every verb of the command line is a function here, imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huggingnersc.api.catalog_new_dataset import catalog_new_dataset
    from huggingnersc.api.check_hub import check_hub
    from huggingnersc.api.init_dataset import init_dataset
    from huggingnersc.api.inspect_dataset import inspect_dataset
    from huggingnersc.api.serve_hub import serve_hub

__all__ = ["catalog_new_dataset", "check_hub", "init_dataset", "inspect_dataset", "serve_hub"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(f"huggingnersc.api.{name}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
