"""Text from elsewhere made safe to print: nothing in it can drive or deceive a terminal."""

from __future__ import annotations

import json
import re

# C0 and C1 controls and DEL; marks, embeddings, overrides and isolates of the text direction; line
# and paragraph separators; invisible characters that join nothing; halves of characters. Joiners
# (U+200C, U+200D) stay: Persian and emoji need them.
_HARMFUL = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0001"
)
_IN_LINE = re.compile(f"[\n{_HARMFUL}]")
_IN_JSON = re.compile(f"[{_HARMFUL}]")  # which has line ends of its own


def visible(text: str) -> str:
    r"""Return `text` as one line, each harmful character as an escape such as `\x1b` or `\n`."""
    return _IN_LINE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def visible_json(text: str) -> str:
    r"""Return JSON with each harmful character as an escape such as `\u009b`; its values stay."""
    return _IN_JSON.sub(lambda found: json.dumps(found[0])[1:-1], text)
