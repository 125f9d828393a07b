"""Identifiers and citations as stewards write them: DOI, ORCID iD, BibTeX, CITATION.cff."""

from __future__ import annotations

import re
from urllib.parse import quote

_DOI = re.compile(r"(?i:doi:\s*|https?://(?:dx\.|www\.)?doi\.org/)?(?P<id>10\.[0-9]{4,9}/\S+)")
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(?P<id>(?:[0-9]{4}-){3}[0-9]{3}[0-9X])/?")
_BIBTEX = re.compile(r"\s*(?:%[^\n]*\n\s*)*@[A-Za-z]+\s*\{")
_CFF = re.compile(r"^cff-version:", re.MULTILINE)
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)


def read_doi(text: str) -> str | None:
    """Return the DOI, such as `10.5281/zenodo.1234`, in any of its forms; None for other text."""
    found = _DOI.fullmatch(text)
    return found["id"] if found else None


def doi_link(doi: str) -> str:
    """Return the address that leads to what a DOI names."""
    return f"https://doi.org/{quote(doi, safe='/:;.-_+%')}"


def read_orcid(text: str) -> str | None:
    """Return the ORCID iD of its number or address; None where it is none.

    The last character is a check digit (ISO 7064 MOD 11-2).
    """
    found = _ORCID.fullmatch(text)
    return found["id"] if found and _has_check_digit(found["id"]) else None


def _has_check_digit(orcid: str) -> bool:
    *digits, last = list(orcid.replace("-", ""))
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == last


def orcid_link(orcid: str) -> str:
    """Return the address of a person's ORCID record."""
    return f"https://orcid.org/{orcid}"


def citation_language(text: str) -> str | None:
    """Return `bibtex` or `yaml` (CITATION.cff) for a citation; None where it is neither."""
    if _BIBTEX.match(text):
        return "bibtex"
    return "yaml" if _CFF.search(text) else None


def has_matching_braces(bibtex: str) -> bool:
    r"""Return whether every brace of BibTeX text has its partner; `\{` is no brace."""
    depth = 0
    for brace in _BRACES.findall(bibtex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    return depth == 0
