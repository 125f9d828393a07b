"""Read the JSON documents that this program writes: an object with a format number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.domain.metadata.strict_json import read_object

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def read_document(data: bytes, *, name: str, limit: int, form: int) -> dict[str, Any]:
    """Return the values of a document, without its format.

    Args:
        data: its bytes.
        name: of the file.
        limit: the most bytes it may have.
        form: the number of the format that is read.

    Raises:
        ValueError: it is no JSON object, or of another format; the sentence says which.
    """
    content, problems = read_object(data, name=name, limit=limit)
    if content is None:
        raise ValueError("; ".join(str(problem.message) for problem in problems))
    if (number := content.pop("format", None)) != form:
        raise ValueError(f"its format is {number!r}; this version reads {form}")
    return content


def validated(adapter: TypeAdapter[Any], values: dict[str, Any]) -> Any:
    """Return the value that an adapter makes of the values of a document.

    Raises:
        ValueError: keys are missing or of another kind; the sentence names them.
    """
    from pydantic import ValidationError

    try:
        return adapter.validate_python(values)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        raise ValueError(f"these keys are missing or of another kind: {where}") from error
