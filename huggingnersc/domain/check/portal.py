"""Whether the portal's link leads to the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.check.findings import Finding, note, problem, warning
from huggingnersc.domain.site import link_of_path, path_of_link
from huggingnersc.fixes import Option, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.site import Site


@dataclass(frozen=True, slots=True)
class Answer:
    """What a web server said to a HEAD request.

    Attributes:
        status: the HTTP status; None when there was no answer, or none that may be followed.
        said: its words, or why there is no answer.
        url: the address that was asked last.
    """

    status: int | None
    said: str
    url: str


def agreement_findings(record: Record, site: Site) -> Iterator[Finding]:
    """Hold link and path against each other by the site's rule.

    An embedded site is a rehearsal: its data lies elsewhere, and that is no finding.
    """
    rule, link, path = site.profile.portal, record.portal_link, record.data_path
    if rule is None or link is None or path is None or site.is_embedded:
        return
    served = path_of_link(rule, link)
    if served is None:
        yield note("portal", f"{link} is not on the portal of {site.profile.title} ({rule.url})")
    elif served != path:
        own = link_of_path(rule, path)
        other = f"whose link is {own}" if own else "which the portal does not serve"
        fixes = (update_fix(record.nickname, Option(Field.PORTAL_LINK, own)),) if own else ()
        yield problem(
            "portal", f"{link} leads to {served}, but the data path is {path}, {other}", *fixes
        )


def answer_finding(answer: Answer) -> Finding | None:
    """Judge the answer to a HEAD request; None when all is well."""
    status, where = answer.status, answer.url
    if status in {405, 501}:
        return note("portal", f"{where} takes no HEAD request; it was not looked at")
    if status is None or status >= 500 or status == 429:
        said = f"{answer.said} ({status})" if status else answer.said
        return warning("portal", f"{where} does not answer: {said}")
    if status in {401, 403}:
        return problem("portal", f"{where} refuses visitors ({status} {answer.said})")
    if status >= 300:
        return problem("portal", f"{where} leads nowhere ({status} {answer.said})")
    return None
