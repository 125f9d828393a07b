"""The checks of what a steward gives, each a pure question; an answer is a list of problems."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from huggingnersc.domain.catalog.fields import FACT_KINDS, Field
from huggingnersc.domain.catalog.papers import has_link
from huggingnersc.domain.catalog.record import own_names
from huggingnersc.domain.catalog.run_command import command_faults
from huggingnersc.domain.data_link import data_link_of_path, is_file_link, path_of_file_link
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.repo_names import name_problem
from huggingnersc.domain.site import LOCAL, SCHEMA_NAMES, SchemaName, is_kernel_name
from huggingnersc.domain.text.markdown import one_line
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from huggingnersc.domain.catalog.fields import DatasetFacts
    from huggingnersc.domain.catalog.scripts import Script
    from huggingnersc.domain.site import Site

MAX_TITLE_CHARS = 200
_MOST_DECODINGS = 4  # a link that still changes after these hides something
# Names that mean something to git, to the Hub, to `datasets` or to a shell.
_RESERVED_FILES = frozenset({"readme.md", "dataset_infos.json", "license"})


def fact_problems(facts: DatasetFacts) -> tuple[Problem, ...]:
    """Check the facts that need nothing else; titles and nicknames have functions of their own."""
    flags = (Field(name) for name, kind in FACT_KINDS.items() if kind is bool)
    faults = command_faults(facts.run_command)
    return (
        *(one for flag in flags for one in flag_problems(flag, getattr(facts, flag))),
        *(Problem(Field.RUN_COMMAND, fault) for fault in faults),
        *_kernel_problems(facts.kernel),
        *schema_problems(facts.schema),
    )


def _kernel_problems(name: str) -> tuple[Problem, ...]:
    if not name or is_kernel_name(name):
        return ()
    message = f"{quoted(name)} is not the name of a kernel; jupyter kernelspec list shows them"
    return (Problem(Field.KERNEL, message),)


def schema_problems(name: str) -> tuple[Problem, ...]:
    """Refuse a schema that others do not have; a record keeps the name, not the file."""
    if not name or name in SCHEMA_NAMES:
        return ()
    message = (
        f"found {quoted(name)}; allowed: {', '.join(SchemaName)}; "
        "a schema file belongs in a site file, as catalog.metadata_schema"
    )
    return (Problem(Field.SCHEMA, message),)


def flag_problems(field: Field, value: object) -> tuple[Problem, ...]:
    """Refuse what Python would take for true, such as the text "False"."""
    if isinstance(value, bool):
        return ()
    return (Problem(field, f"found {value!r}; allowed: True or False"),)


def title_problems(title: str) -> tuple[Problem, ...]:
    """Check the official name: one line of visible text, at most 200 characters."""
    rules = (
        (not title.strip(), "is empty; give the title that people read"),
        (len(title) > MAX_TITLE_CHARS, f"is longer than {MAX_TITLE_CHARS} characters"),
        (
            bool(title.strip()) and one_line(title) != title,
            "holds line breaks, control characters or repeated spaces; write it on one line",
        ),
    )
    return tuple(Problem(Field.OFFICIAL_NAME, message) for broken, message in rules if broken)


def nickname_problems(nickname: str, metadata: Mapping[str, Any] | None) -> tuple[Problem, ...]:
    """Check the nickname against the Hub's names, and against the metadata's where it has one.

    The metadata need not be valid.
    """
    return tuple(
        Problem(Field.NICKNAME, f'"{one_line(nickname)}" {reason}')
        for reason in _nickname_reasons(nickname, metadata)
    )


def _nickname_reasons(nickname: str, metadata: Mapping[str, Any] | None) -> Iterator[str]:
    if reason := name_problem(nickname):
        yield reason
    info = (metadata or {}).get("other_info")
    stated = info.get("nickname", nickname) if isinstance(info, dict) else nickname
    if stated != nickname and isinstance(stated, str):
        yield f'is not the nickname in the metadata, "{one_line(stated)}"'


def link_problems(link: str, site: Site) -> tuple[Problem, ...]:
    """Check that the portal link is a plain https address, or a file's on the local site."""
    shown = one_line(link)
    if is_file_link(link):
        return _file_link_problems(link, shown, site)
    try:
        parts = urlsplit(link)
        is_address = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # an unclosed IPv6 bracket
        is_address = False
    if is_address and _leaves_its_folder(link):
        return (Problem(Field.PORTAL_LINK, f'"{shown}" leads out of its folder by ".."'),)
    if shown == link and " " not in link and is_address:
        return ()
    if is_address and " " in urlsplit(link.strip()).path:
        written = link.strip().replace(" ", "%20")
        return (Problem(Field.PORTAL_LINK, f'"{shown}" has a space; write %20: {written}'),)
    reason = "is not an https address, such as https://portal.nersc.gov/cfs/PROJECT/DATA"
    if shown == link and (address := _address_of_path(link, site)):
        reason = f"is a path; write the address of the data: {address}"
    return (Problem(Field.PORTAL_LINK, f'"{shown}" {reason}'),)


def _address_of_path(link: str, site: Site) -> str | None:
    """Return the address to write where a path stands in its place; None where there is none."""
    return data_link_of_path(site, PurePosixPath(link)) if link.startswith("/") else None


def _file_link_problems(link: str, shown: str, site: Site) -> tuple[Problem, ...]:
    if not site.takes_file_links:
        reason = f"leads to a file of one machine, which only the site {LOCAL} takes"
        instead = "give the https address of the data"
        return (Problem(Field.PORTAL_LINK, f'"{shown}" {reason}; {instead}'),)
    if path_of_file_link(link) is None:
        reason = "is not the address of a folder, such as file:///data/my%20set"
        return (Problem(Field.PORTAL_LINK, f'"{shown}" {reason}'),)
    return ()


def _leaves_its_folder(link: str) -> bool:
    """Return whether the path of an address has `..`, also where it is decoded again."""
    path = urlsplit(link).path
    for _ in range(_MOST_DECODINGS):
        path = unquote(path)
    return unquote(path) != path or ".." in path.replace("\\", "/").split("/")


def path_problems(path: PurePosixPath) -> tuple[Problem, ...]:
    """Check that the data's path can be shown and typed."""
    if str(path).isprintable():
        return ()
    return (Problem(Field.DATA_PATH, "holds control characters"),)


def loader_problems(loaders: Iterable[Script]) -> tuple[Problem, ...]:
    """Refuse a loader in an unknown language: most likely it is data."""
    return tuple(
        Problem(
            Field.LOADER,
            f'"{one_line(loader.name)}" is not a script: its suffix is not that of a known '
            "language (.py, .sh, .R, .jl, ...), and it does not begin with #!",
        )
        for loader in loaders
        if not loader.language
    )


def text_problems(metadata: Mapping[str, Any] | None) -> tuple[Problem, ...]:
    """Check the title in the lists and the nickname, which a schema only requires to be text.

    The metadata need not be valid; the schema reports values that are not text.
    """
    return tuple(_text_problems(metadata or {}))


def _text_problems(metadata: Mapping[str, Any]) -> Iterator[Problem]:
    title = _stated(metadata, "datacard_tags", "pretty_name")
    if title is not None and not one_line(title):
        yield Problem("$.datacard_tags.pretty_name", "is empty; it is the title in all lists")
    nickname = _stated(metadata, "other_info", "nickname")
    if nickname is not None and (reason := name_problem(nickname)):
        yield Problem("$.other_info.nickname", f'"{one_line(nickname)}" {reason}')


def _stated(metadata: Mapping[str, Any], part: str, key: str) -> str | None:
    values = metadata.get(part)
    value = values.get(key) if isinstance(values, dict) else None
    return value if isinstance(value, str) else None


def paper_problems(papers: Iterable[str]) -> tuple[Problem, ...]:
    """Refuse papers without a link, where they are given one by one."""
    return tuple(
        Problem(Field.PAPERS, f"{quoted(text)} is not an arXiv link, a DOI or a web address")
        for text in papers
        if not has_link(text)
    )


def file_name_problems(names: Iterable[tuple[str, str]]) -> tuple[Problem, ...]:
    """Check the names that files get in the repository.

    Args:
        names: pairs of the field and the file name.
    """
    pairs = tuple(names)
    counts = Counter(name.casefold() for _, name in pairs)
    return tuple(
        Problem(where, f'"{one_line(name)}" {reason}')
        for where, name in pairs
        for reason in _file_name_reasons(name, counts[name.casefold()])
    )


def _file_name_reasons(name: str, count: int) -> Iterator[str]:
    if "/" in name:
        yield "is a path; a name in a repository has no folders"
    if one_line(name) != name:
        yield "has control characters or repeated spaces in its name"
    if name.casefold() in _RESERVED_FILES or name.startswith((".", "-")):
        yield "has a name that is reserved in a repository; rename it"
    if count > 1:
        yield "would exist twice in the repository; rename one of the files"


def catalog_name_problems(names: Iterable[tuple[str, str]], nickname: str) -> tuple[Problem, ...]:
    """Refuse names that HuggingNERSC gives to its own files in the catalog folder.

    Args:
        names: pairs of the field and the file name.
        nickname: the dataset's.
    """
    own = {name.casefold() for name in own_names(nickname)}
    return tuple(
        Problem(where, f'"{one_line(name)}" is the name of a file that is written beside it')
        for where, name in names
        if name.casefold() in own
    )


def loader_name(name: str, nickname: str) -> str:
    """Return the loader's name in the repository.

    `datasets` refuses a repository that holds `<repository>.py` (it takes it for a loading script
    of the past), so such a loader becomes `<nickname>_loader.py`.
    """
    return f"{nickname}_loader.py" if name.casefold() == f"{nickname}.py".casefold() else name


def would_be_script(name: str, nickname: str) -> bool:
    """Return whether `datasets` would take this companion for a loading script of old."""
    return name.casefold() == f"{nickname}.py".casefold()
