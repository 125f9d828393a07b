"""The description proposed for a card, from the README beside the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.description import description
from huggingnersc.domain.scan.secrets import find_secrets
from huggingnersc.domain.text.formatting import plural

if TYPE_CHECKING:
    from huggingnersc.fixes import Text

README_NAMES = ("readme.md", "readme.markdown", "readme.txt", "readme.text", "readme")
MOST_CHARS = 1 << 13


@dataclass(frozen=True, slots=True)
class Readme:
    """A README as it is beside the data.

    Attributes:
        name: of the file.
        text: its beginning; a little more than a description may have, where there is more.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ProposedAbout:
    """A description for the card, and what was changed for it.

    Attributes:
        text: Markdown that can stand on a card; empty where there is nothing to propose.
        warnings: worth a review.
    """

    text: str = ""
    warnings: tuple[Text, ...] = ()


def propose_about(readme: Readme | None, *, title: str) -> ProposedAbout:
    """Return a README as a description: without front matter and title, and not too long.

    Nothing is proposed where a line looks like it holds a secret.
    """
    if readme is None:
        return ProposedAbout()
    if secrets := find_secrets(readme.text):
        return ProposedAbout(
            warnings=(
                f"No description is proposed: line {secrets[0].line} of {readme.name} looks like "
                f"it contains {secrets[0].kind}.",
            )
        )
    kept = _shortened(readme.text)
    safe = description(kept, title=title)
    notes = [f"{readme.name} {note}." for note in safe.notes]
    if kept != readme.text:
        notes.append(
            f"Only the first {plural(len(kept), 'character')} of {readme.name} are in the "
            "description."
        )
    return ProposedAbout(f"{safe.text}\n" if safe.text else "", tuple(notes))


def _shortened(text: str) -> str:
    """Cut a text after its last paragraph, else line, that fits."""
    if len(text) <= MOST_CHARS:
        return text
    head = text[:MOST_CHARS]
    for end in ("\n\n", "\n"):
        if (place := head.rfind(end)) > 0:
            return head[: place + 1]
    return head
