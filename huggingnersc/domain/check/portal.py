"""Whether the portal's link leads to the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.check.findings import Finding, note, problem, warning
from huggingnersc.domain.data_link import data_link_of_path, is_file_link, path_of_data_link
from huggingnersc.fixes import Option, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.site import Site


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a web server to a HEAD request.

    Attributes:
        status: the HTTP status; None when there was no answer, or none that may be followed.
        reason: the reason phrase of the status, or why there is no answer.
        url: the address of the last request, after redirects.
    """

    status: int | None
    reason: str
    url: str


def agreement_findings(record: Record, site: Site) -> Iterator[Finding]:
    """Compare link and path by the site's rule.

    On an embedded site, which is for trying things out, data on a portal may be anywhere.
    """
    rule, link, path = site.profile.portal, record.portal_link, record.data_path
    if link is None or path is None:
        return
    if not is_file_link(link) and (rule is None or site.is_embedded):
        return
    served = path_of_data_link(site, link)
    if served is None:
        where = f" ({rule.url})" if rule else ""
        yield note("portal", f"{link} is not on the portal of {site.profile.title}{where}")
    elif served != path:
        own = data_link_of_path(site, path)
        other = f"whose link is {own}" if own else "which the portal does not serve"
        fixes = (update_fix(record.nickname, Option(Field.PORTAL_LINK, own)),) if own else ()
        yield problem(
            "portal", f"{link} leads to {served}, but the data path is {path}, {other}", *fixes
        )


def answer_finding(answer: Answer) -> Finding | None:
    """Return what an answer to a HEAD request means; None when the link works."""
    status, where = answer.status, answer.url
    if status in {405, 501}:
        return note("portal", f"{where} accepts no HEAD request, so it was not checked")
    if status is None or status >= 500 or status == 429:
        reason = f"{answer.reason} ({status})" if status else answer.reason
        return warning("portal", f"{where} does not answer: {reason}")
    if status in {401, 403}:
        return problem("portal", f"{where} denies access ({status} {answer.reason})")
    if status >= 300:
        return problem("portal", f"{where} does not work ({status} {answer.reason})")
    return None
