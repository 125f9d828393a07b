"""How a Hub that answers is told."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from rich.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.serve_hub import Serving


def served(serving: Serving) -> Iterator[str]:
    """Give the lines that point the Hugging Face tools at it, to be typed in another terminal."""
    yield f"export HF_ENDPOINT={serving.endpoint}"
    if serving.token_file is not None:
        yield escape(f'export HF_TOKEN="$(cat {quote(str(serving.token_file))})"')
