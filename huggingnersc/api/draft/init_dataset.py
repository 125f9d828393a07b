"""Survey data and write a starting folder: metadata, loader, batch script."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.readme import read_readme
from huggingnersc.adapters.data_files.survey import survey_data
from huggingnersc.adapters.draft_folder import default_folder, require_outside, write_folder
from huggingnersc.adapters.templates import render
from huggingnersc.api.schema import read_schema, wider_schema
from huggingnersc.api.several import words
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.request_checks import schema_problems
from huggingnersc.domain.draft.answers import Answers
from huggingnersc.domain.draft.data_layout import lay_out
from huggingnersc.domain.draft.layout import ArrayChoice, ExampleUnit
from huggingnersc.domain.draft.plan import (
    Draft,
    Step,
    draft_questions,
    draft_warnings,
    make_draft,
    make_files,
    next_steps,
    portal_link,
)
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.errors import RequestInvalidError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from huggingnersc.api.several import Words
    from huggingnersc.domain.draft.about import Readme
    from huggingnersc.domain.draft.answers import Question
    from huggingnersc.domain.draft.data_layout import DataLayout
    from huggingnersc.domain.metadata.schema import MetadataSchema
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


@dataclass(frozen=True, slots=True)
class Initialized:
    """What the survey of the data showed, and what was written.

    Attributes:
        file_type: of the files the loader reads, such as csv, parquet or images.
        files: how many of them there are.
        examples: how many examples they hold; None where only a lower bound is known.
        examples_counted: how many of these were counted.
        examples_are_exact: whether all were counted; else `examples` is estimated by size.
        example: what one example is in files of arrays: row, group, array or file; else row.
        splits: such as train and test, with the number of examples in each; None where only a
            lower bound is known. Empty where the examples are one stream.
        labels: what labels images; None for other data.
        columns: of a table or of JSON lines, by name, each with its type.
        arrays: of HDF5 or netCDF files, those with one item per example, the main one first.
        portal_link: by the site's rule; None where the portal does not serve the data.
        written: the files, in the folder `output`.
        next_steps: what to type next, after the name of the program.
        warnings: worth a review, although the draft was written.
    """

    official_name: str
    nickname: str
    data_path: PurePosixPath
    file_type: str
    files: int
    examples: int | None
    examples_counted: int
    examples_are_exact: bool
    example: str
    count: str
    splits: Mapping[str, int | None]
    labels: str | None
    columns: Mapping[str, str]
    arrays: tuple[str, ...]
    metadata: Mapping[str, Any]
    portal_link: str | None
    output: PurePosixPath
    written: tuple[str, ...]
    next_steps: tuple[Step, ...]
    warnings: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class PendingDraft:
    """A dataset that was surveyed and laid out; nothing is written yet.

    Attributes:
        data: what its loader must know.
        answers: about what the data does not show.
        schema: of the metadata.
        schema_name: the schema's name, where it is not the site's.
        site: where it will be cataloged.
        distributed: whether to write a distributed loader.
        output: the folder to write; chosen by the nickname when None.
        readme: the README of the data, from which a description is proposed.
    """

    data: DataLayout
    answers: Answers
    schema: MetadataSchema
    site: Site
    distributed: bool
    output: Path | None = None
    readme: Readme | None = None
    schema_name: str = ""

    @property
    def questions(self) -> tuple[Question, ...]:
        """What only a steward can answer, in the order to ask it."""
        return draft_questions(self.data, self.answers, self.schema.content)

    def with_answers(self, answers: Answers) -> PendingDraft:
        """Return the same dataset with other answers."""
        return replace(self, answers=answers)

    def write(self, *, force: bool = False) -> Initialized:
        """Write the files of the draft; an answer that was not given is the one proposed.

        Args:
            force: whether files of the same names may be replaced.

        Raises:
            AnswersMissingError: something needed was neither given nor can be proposed.
            RequestInvalidError: something given is not allowed.
            DatasetError: the folder holds such files already, is inside the data, or cannot be
                written.
        """
        draft = make_draft(
            self.data,
            self.answers,
            self.schema,
            wider_schema(self.site, self.schema_name),
            distributed=self.distributed,
            readme=self.readme,
        )
        data = Path(self.data.path)
        folder = self.output or default_folder(draft.nickname, data)
        require_outside(folder, data)
        files = make_files(draft, self.site, render)
        write_folder(folder.absolute(), files, force=force)
        written = tuple(file.path for file in files)
        return _result(draft, self.site, folder, written, self.schema_name)


def plan_draft(
    data_path: str | PathLike[str],
    answers: Answers | None = None,
    *,
    distributed: bool = False,
    count_all: bool = False,
    group: str | None = None,
    example: str | None = None,
    output: str | PathLike[str] | None = None,
    schema: str = "",
    site: Site | str | None = None,
) -> PendingDraft:
    """Survey data and decide how a loader reads it; the data is only read.

    Raises:
        InstallationError: the library for the type of the data is not installed.
        RequestInvalidError: `example` is none of row, group, array and file.
        DatasetError: the data cannot be read, no loader can be written for it, or `output` is
            inside it.
    """
    chosen = resolve_site(site)
    folder = None if output is None else Path(output)
    if folder is not None:  # before a survey that may take long
        require_outside(folder, Path(data_path).absolute())
    if problems := schema_problems(schema):
        raise RequestInvalidError("No such schema; nothing was written.", problems=problems)
    budget = _budget(chosen, count_all=count_all)
    survey = survey_data(Path(data_path), budget, _choice(group, example))
    layout = lay_out(survey, distributed=distributed)
    return PendingDraft(
        layout,
        answers or Answers(),
        read_schema(chosen, schema),
        chosen,
        distributed,
        output=folder,
        schema_name=schema,
        readme=read_readme(Path(layout.path)),
    )


def init_dataset(
    data_path: str | PathLike[str],
    *,
    official_name: str | None = None,
    nickname: str | None = None,
    license: str | None = None,
    tasks: Words = (),
    languages: Words = (),
    tags: Words = (),
    papers: Words = (),
    size_category: str | None = None,
    distributed: bool = False,
    output: str | PathLike[str] | None = None,
    force: bool = False,
    count_all: bool = False,
    group: str | None = None,
    example: str | None = None,
    schema: str = "",
    site: Site | str | None = None,
) -> Initialized:
    """Survey data and write a starting folder for cataloging it; the data is only read.

    Args:
        data_path: the folder that holds the data, or the one file that is the dataset.
        official_name: the title that people read; proposed from the folder's name when None.
        nickname: the name in paths and on the Hub; proposed from the folder's name when None.
        license: a license the metadata schema knows.
        tasks: task categories the schema knows.
        languages: languages the schema knows.
        tags: in addition to the file types.
        papers: arXiv links, DOIs or web addresses.
        size_category: instead of the counted one.
        distributed: whether to write a PyTorch DDP loader, its batch script and environment.
        output: the folder to write, outside the data; when None `./NICKNAME`, or a folder
            `NICKNAME_draft` where that would be mixed with the data.
        force: whether files of the same names may be replaced.
        count_all: whether to count every example, however long it takes.
        group: the group of HDF5 or netCDF files that holds the examples; recognized when None.
        example: what one example is in such files: a `row` of the arrays, a `group`, an
            `array`, or a whole `file`; recognized when None.
        schema: `wide` or `default`; the site's schema when empty.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        AnswersMissingError: something needed was neither given nor can be proposed.
        RequestInvalidError: something given is not allowed.
        InstallationError: the library for the type of the data is not installed.
        DatasetError: the data cannot be read, holds no file a loader can be written for, or the
            folder holds such files already or is inside the data. Nothing is written then.
    """
    lists = map(words, (tasks, languages, tags, papers))
    given = Answers(official_name, nickname, size_category, license, *lists)
    pending = plan_draft(
        data_path,
        given,
        distributed=distributed,
        count_all=count_all,
        group=group,
        example=example,
        output=output,
        schema=schema,
        site=site,
    )
    return pending.write(force=force)


def _choice(group: str | None, example: str | None) -> ArrayChoice:
    """Return what was stated about files of arrays.

    Raises:
        RequestInvalidError: an example is not of this kind.
    """
    units = [unit.value for unit in ExampleUnit]
    if example is not None and example not in units:
        problem = Problem(Field.EXAMPLE, f"is {quoted(example)}; it must be {', '.join(units)}")
        raise RequestInvalidError("No example is like that.", problems=[problem])
    return ArrayChoice(group, ExampleUnit(example) if example else None)


def _budget(site: Site, *, count_all: bool) -> Budget:
    limits = site.profile.counting
    return Budget(
        seconds=None if count_all else limits.seconds,
        size_bytes=None if count_all else int(limits.gigabytes * 1e9),
    )


def _result(
    draft: Draft, site: Site, folder: Path, written: tuple[str, ...], schema: str
) -> Initialized:
    data, count = draft.data, draft.data.count
    # A name such as `-x` would be read as an option.
    shown = Path(f"./{folder}") if str(folder).startswith("-") else folder
    return Initialized(
        official_name=draft.official_name,
        nickname=draft.nickname,
        data_path=data.path,
        file_type=data.file_type.value,
        files=len(data.members),
        examples=count.examples,
        examples_counted=count.counted,
        examples_are_exact=count.is_exact,
        example=data.file.unit.value,
        count=count.text,
        splits={
            split.name: one.examples
            for split, one in zip(data.splits, data.split_counts, strict=True)
        },
        labels=data.file.images.labels if data.file.images else None,
        columns={column.name: column.type for column in data.file.columns},
        arrays=data.file.arrays,
        metadata=draft.document,
        portal_link=portal_link(draft, site),
        output=PurePosixPath(shown),
        written=written,
        next_steps=next_steps(draft, site, PurePosixPath(shown), schema=schema),
        warnings=(*data.warnings, *draft_warnings(draft, site)),
    )
