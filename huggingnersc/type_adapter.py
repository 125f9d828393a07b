"""Validators of types, which pydantic makes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_DISABLE_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"


def type_adapter(kind: Any) -> TypeAdapter[Any]:
    """Return the validator of a type, made without plugins of pydantic.

    To look for them, pydantic reads files of every installed package, which takes a command 20 ms
    on a local disk and far more on a network file system. Typer makes its own in the same way.
    """
    from pydantic import TypeAdapter

    before = os.environ.get(_DISABLE_PLUGINS)
    os.environ[_DISABLE_PLUGINS] = "1"
    try:
        return TypeAdapter(kind)
    finally:
        if before is None:
            os.environ.pop(_DISABLE_PLUGINS, None)  # another thread may have done so
        else:
            os.environ[_DISABLE_PLUGINS] = before
