"""Answers of a Hub that are kept in memory: limited in size and in the time they take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.hub.failures import UnexpectedAnswerError

if TYPE_CHECKING:
    from httpx2 import Client, Response

_MOST_BYTES = 128 << 20  # unpacked; a page of a list has a few MB
_MOST_S = 300.0


def with_bounded_answers(
    client: Client, *, most_bytes: int = _MOST_BYTES, most_s: float = _MOST_S
) -> Client:
    """Make `client` end answers that are too large or too slow, and return it.

    Answers that its caller streams have no limit. The others would fill the memory where a Hub
    sends without end, or 10 GB packed into 10 MB.
    """
    send = client.send

    def bounded(request: Any, *, stream: bool = False, **options: Any) -> Response:
        answer = send(request, stream=True, **options)
        return answer if stream else read(answer)

    def read(answer: Response) -> Response:
        try:
            answer._content = _whole(answer, most_bytes, most_s)
        finally:
            answer.close()
        return answer

    def read_redirect(answer: Response) -> None:  # whose body the client reads whole
        if answer.has_redirect_location:
            read(answer)

    client.send = bounded  # type: ignore[method-assign]
    hooks = client.event_hooks
    client.event_hooks = {**hooks, "response": [*hooks.get("response", ()), read_redirect]}
    return client


def _whole(answer: Response, most_bytes: int, most_s: float) -> bytes:
    """Read an answer.

    Raises:
        UnexpectedAnswerError: it is too large, or takes too long.
    """
    content, end_s = bytearray(), time.monotonic() + most_s
    for part in answer.iter_bytes():
        content += part
        if len(content) > most_bytes:
            raise UnexpectedAnswerError(f"it has more than {most_bytes:,} bytes")
        if time.monotonic() > end_s:
            raise UnexpectedAnswerError(f"it takes more than {most_s:.0f} s")
    return bytes(content)
