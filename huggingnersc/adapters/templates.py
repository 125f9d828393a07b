"""The Jinja templates shipped with the program."""

from __future__ import annotations

from functools import cache
from shlex import quote
from typing import TYPE_CHECKING, Any

from huggingnersc.assets import asset
from huggingnersc.domain.text import markdown
from huggingnersc.domain.text.code_literals import docstring, literal
from huggingnersc.domain.text.foreign_literals import julia_literal, r_literal

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: Any) -> str:
    """Return the template `templates/<template>` filled with `values`.

    Values are never read as templates. Every name that a template uses must be passed.
    """
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(asset("templates"), encoding="utf-8"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - Markdown and scripts, where a filter below escapes each value
    )
    environment.filters.update(
        inline=markdown.inline,
        cell=markdown.cell,
        one_line=markdown.one_line,
        unbroken=markdown.unbroken,
        code_span=markdown.code_span,
        fence=markdown.fence,
        link=markdown.link,
        python_literal=repr,
        docstring=docstring,
        literal=literal,
        julia_literal=julia_literal,
        r_literal=r_literal,
        shell=quote,
    )
    return environment
