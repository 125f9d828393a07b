"""One HEAD request to a web address.

It uses the standard library, which honors the proxies of the environment and does not depend on
the HTTP library of the Hub's client.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import IO, TYPE_CHECKING

from huggingnersc.domain.check.portal import Answer

if TYPE_CHECKING:
    from http.client import HTTPMessage

TIMEOUT_S = 10.0


class _OnlyHttps(urllib.request.HTTPRedirectHandler):
    """Follows redirects to https only, and asks the next address with HEAD too."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.startswith("https://"):
            raise _NotFollowedError(f"it redirects to {newurl}, which is not https")
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None:
            following.method = "HEAD"
        return following


class _NotFollowedError(Exception):
    pass


def head(url: str, *, timeout_s: float = TIMEOUT_S) -> Answer:
    """Return the answer to a HEAD request for `url`.

    Args:
        url: an http(s) address.
        timeout_s: how long each of connecting and answering may take.
    """
    if not url.startswith(("https://", "http://")):
        return Answer(None, "it is not a web address", url)
    opener = urllib.request.build_opener(_OnlyHttps)
    try:
        request = urllib.request.Request(url, method="HEAD")  # noqa: S310 - checked above
        with opener.open(request, timeout=timeout_s) as answer:
            return Answer(answer.status, answer.reason, answer.url)
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.reason, error.url or url)
    except _NotFollowedError as error:
        return Answer(None, str(error), url)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return Answer(None, str(reason) or type(reason).__name__, url)


def proxies() -> dict[str, str]:
    """Return the proxies that the environment names, by scheme; `no` holds the exceptions."""
    return dict(urllib.request.getproxies())
