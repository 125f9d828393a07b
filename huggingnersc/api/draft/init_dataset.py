"""Look at data and write a starting folder: metadata, loader, batch script."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.draft_folder import write_folder
from huggingnersc.adapters.templates import render
from huggingnersc.api.catalog.validate_request import read_schema
from huggingnersc.api.draft.survey import DataSurvey, absolute_path, make_draft, survey
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.request_checks import (
    nickname_problems,
    paper_problems,
    title_problems,
)
from huggingnersc.domain.draft.answers import Answers, Ask, answered, open_questions
from huggingnersc.domain.draft.data_layout import size_category as category_of
from huggingnersc.domain.draft.metadata_document import make_document
from huggingnersc.domain.draft.names import propose_nickname, propose_title, telling_name
from huggingnersc.domain.draft.plan import (
    LINK_PLACEHOLDER,
    METADATA_NAME,
    Draft,
    Step,
    make_files,
    next_steps,
    portal_link,
)
from huggingnersc.domain.draft.warnings import names
from huggingnersc.domain.metadata.card_requirements import document_problems
from huggingnersc.domain.metadata.schema import MetadataSchema
from huggingnersc.errors import AnswersMissingError, RequestInvalidError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from os import PathLike

    from huggingnersc.domain.site import Site


@dataclass(frozen=True, slots=True)
class Initialized:
    """What was found in the data, and what was written.

    Attributes:
        file_type: of the files the loader reads: csv, hdf5, netcdf or txt.
        files: how many of them there are.
        examples: how many examples they hold; None where only a lower bound is known.
        examples_counted: how many of these were counted.
        examples_are_exact: whether all were counted; else `examples` is estimated by size.
        columns: of a table, by name: int, float or str.
        arrays: of HDF5 or netCDF files, those with one item per example, the main one first.
        portal_link: by the site's rule; None where the portal does not serve the data.
        written: the files, in the folder `output`.
        next_steps: what to type next, after the name of the program.
        warnings: what should be known although it stopped nothing.
    """

    official_name: str
    nickname: str
    data_path: PurePosixPath
    file_type: str
    files: int
    examples: int | None
    examples_counted: int
    examples_are_exact: bool
    count: str
    columns: Mapping[str, str]
    arrays: tuple[str, ...]
    metadata: Mapping[str, Any]
    portal_link: str | None
    output: PurePosixPath
    written: tuple[str, ...]
    next_steps: tuple[Step, ...]
    warnings: tuple[str, ...]


def init_dataset(
    data_path: str | PathLike[str],
    *,
    official_name: str | None = None,
    nickname: str | None = None,
    license: str | None = None,
    tasks: Iterable[str] = (),
    languages: Iterable[str] = (),
    tags: Iterable[str] = (),
    papers: Iterable[str] = (),
    size_category: str | None = None,
    distributed: bool = False,
    output: str | PathLike[str] | None = None,
    force: bool = False,
    count_all: bool = False,
    ask: Ask | None = None,
    site: Site | str | None = None,
) -> Initialized:
    """Look at data and write a starting folder for cataloging it; the data is only read.

    Args:
        data_path: the folder that holds the data, or the one file that is the dataset.
        official_name: the title people read; proposed from the folder's name when None.
        nickname: the name in paths and on the Hub; proposed from the folder's name when None.
        license: a license the metadata schema knows.
        tasks: task categories the schema knows.
        languages: languages the schema knows.
        tags: tags beside the file types, which are added.
        papers: arXiv links, DOIs or web addresses.
        size_category: in place of the counted one.
        distributed: whether to write a PyTorch DDP loader, its batch script and environment.
        output: the folder to write; `./NICKNAME` when None.
        force: whether files of the same names may be replaced.
        count_all: whether to count every example, however long it takes.
        ask: asks for what was not said; without it, what is proposed is taken.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        AnswersMissingError: something needed can neither be told from the data nor was it said.
        RequestInvalidError: something said is not allowed.
        InstallationError: the library for HDF5 or netCDF is not installed.
        DatasetError: the data cannot be read, holds no file a loader can be written for, or the
            folder holds such files already. Nothing is written then.
    """
    chosen = resolve_site(site)
    root = absolute_path(Path(data_path))
    given = Answers(official_name, nickname, size_category, license, tuple(tasks),
                    tuple(languages), tuple(tags), tuple(papers))  # fmt: skip
    seen = survey(root, chosen, count_all=count_all)
    answers = _complete(given, seen, read_schema(chosen), ask)
    document = _document(answers, seen, chosen)
    draft = make_draft(seen, document, distributed=distributed)
    folder = Path(output) if output is not None else Path(draft.nickname)
    files = make_files(draft, chosen, render)
    write_folder(folder.absolute(), files, force=force)
    return _result(draft, seen, chosen, folder, tuple(file.path for file in files))


def _complete(
    given: Answers, seen: DataSurvey, schema: Mapping[str, Any], ask: Ask | None
) -> Answers:
    name = telling_name(PurePosixPath(seen.root), is_file=seen.root.is_file())
    examples = seen.look.count.examples
    proposed = category_of(examples) if examples is not None else None
    questions = open_questions(
        given,
        schema,
        official_name=propose_title(name),
        nickname=propose_nickname(name),
        size_category=proposed,
        lower_bound=category_of(seen.look.count.counted),
    )
    answers, missing = answered(given, questions, ask)
    if missing:
        raise AnswersMissingError(
            f"{seen.root} does not tell everything; nothing was written. Add:",
            problems=[Problem(question.flag, question.text) for question in missing],
        )
    size = proposed if answers.size_category is None else answers.size_category
    return replace(answers, size_category=size)


def _document(answers: Answers, seen: DataSurvey, site: Site) -> dict[str, Any]:
    schema = read_schema(site)
    document = make_document(answers, [kind.value for kind in seen.listing.kinds], schema)
    problems = (
        *title_problems(answers.official_name or ""),
        *nickname_problems(answers.nickname or "", None),
        *paper_problems(answers.papers),
        *document_problems(document, MetadataSchema(schema), name=METADATA_NAME),
    )
    if problems:
        raise RequestInvalidError("Not all that was given is allowed; nothing was written.",
                                  problems=problems)  # fmt: skip
    return document


def _result(
    draft: Draft, seen: DataSurvey, site: Site, folder: Path, written: tuple[str, ...]
) -> Initialized:
    count, link = seen.look.count, portal_link(draft, site)
    shown = (
        folder if folder.is_absolute() or not str(folder).startswith("-") else Path(f"./{folder}")
    )
    return Initialized(
        official_name=draft.official_name,
        nickname=draft.nickname,
        data_path=draft.data_path,
        file_type=draft.kind.value,
        files=len(seen.look.members),
        examples=count.examples,
        examples_counted=count.counted,
        examples_are_exact=count.is_exact,
        count=count.words,
        columns={column.name: column.type for column in draft.layout.columns},
        arrays=draft.layout.arrays,
        metadata=draft.document,
        portal_link=link,
        output=PurePosixPath(shown),
        written=written,
        next_steps=next_steps(draft, site, PurePosixPath(shown)),
        warnings=(*seen.warnings, *_gaps(draft, site)),
    )


def _gaps(draft: Draft, site: Site) -> Iterator[str]:
    if portal_link(draft, site) is None:
        yield (
            f"The portal of {site.profile.title} does not serve {draft.data_path}; put the https "
            f"address of the data in place of {LINK_PLACEHOLDER}."
        )
    texts = [name for name in draft.layout.arrays if name not in draft.layout.numeric]
    if draft.distributed and texts:
        yield f"A distributed loader reads numbers only; left out: {names(texts)}."
    if "license" not in draft.document["datacard_tags"]:
        yield "No license is given; visitors cannot know what they may do with it (--license)."
