"""The draft of a dataset: its description, its files, and the commands to type next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.request_checks import (
    nickname_problems,
    paper_problems,
    title_problems,
)
from huggingnersc.domain.data_link import data_link_of_path
from huggingnersc.domain.draft.about import ProposedAbout, propose_about
from huggingnersc.domain.draft.answers import open_questions, with_proposals
from huggingnersc.domain.draft.data_layout import size_category
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout import ExampleUnit
from huggingnersc.domain.draft.metadata_document import document_bytes, make_document
from huggingnersc.domain.draft.names import file_stem, propose_nickname, propose_title
from huggingnersc.domain.draft.table import MISSING
from huggingnersc.domain.draft.warnings import names
from huggingnersc.domain.metadata.card_requirements import document_problems
from huggingnersc.domain.metadata.wide_hint import wide_hint
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.errors import AnswersMissingError, RequestInvalidError
from huggingnersc.fixes import Fix, Message, Option, Verb
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import PurePosixPath

    from huggingnersc.domain.draft.about import Readme
    from huggingnersc.domain.draft.answers import Answers, Question
    from huggingnersc.domain.draft.data_layout import DataLayout
    from huggingnersc.domain.metadata.schema import MetadataSchema
    from huggingnersc.domain.render import Render
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text

_OPENER = '(gzip.open if file.suffix == ".gz" else open)'
METADATA_NAME = "metadata.json"
LINK_PLACEHOLDER = "PORTAL_LINK"
# A row of text is read from the nearest one whose place is known; an array's item directly.
_RUNS = {
    FileType.CSV: 64,
    FileType.HDF5: 32,
    FileType.IMAGES: 1,
    FileType.JSON_LINES: 64,
    FileType.NETCDF: 1,
    FileType.PARQUET: 1,
    FileType.TEXT: 64,
    FileType.ZARR: 1,
}
_LIBRARIES = {
    FileType.HDF5: ("h5py>=3.12",),
    FileType.IMAGES: ("pillow>=11",),
    FileType.NETCDF: ("netcdf4>=1.7",),
    FileType.PARQUET: ("pyarrow>=19",),
    FileType.ZARR: ("zarr>=3",),
}
# What the constant with the names of the arrays is called in a loader.
_NAMES = {FileType.NETCDF: "VARIABLES", FileType.PARQUET: "COLUMNS"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A dataset as it was laid out and described.

    Attributes:
        data: what its loader must know.
        document: the metadata, valid.
        distributed: whether the loader is a distributed one.
        about: the description proposed for the card.
    """

    data: DataLayout
    document: Mapping[str, Any]
    distributed: bool
    about: ProposedAbout = ProposedAbout()  # noqa: RUF009 - frozen

    @property
    def official_name(self) -> str:
        """The title people read."""
        return str(self.document["datacard_tags"]["pretty_name"])

    @property
    def nickname(self) -> str:
        """The name in paths and on the Hub."""
        return str(self.document["other_info"]["nickname"])

    @property
    def loader_name(self) -> str:
        """The file name of the loader."""
        return f"{file_stem(self.nickname)}_loader.py"

    @property
    def about_name(self) -> str:
        """The file name of the description."""
        return f"{file_stem(self.nickname)}_about.md"

    @property
    def batch_name(self) -> str:
        """The file name of the batch script."""
        return f"{file_stem(self.nickname)}_batch.sh"

    @property
    def environment_name(self) -> str:
        """The file name of the conda environment."""
        return f"{file_stem(self.nickname)}_environment.yml"


def draft_questions(
    data: DataLayout, answers: Answers, schema: Mapping[str, Any]
) -> tuple[Question, ...]:
    """Return what is not known of a dataset, with what its data proposes."""
    return open_questions(
        answers,
        schema,
        official_name=propose_title(data.name),
        nickname=propose_nickname(data.name),
        size_category=_counted_category(data),
        lower_bound=size_category(data.count.counted),
    )


def make_draft(
    data: DataLayout,
    answers: Answers,
    schema: MetadataSchema,
    wider: MetadataSchema | None = None,
    *,
    distributed: bool,
    readme: Readme | None = None,
) -> Draft:
    """Describe a dataset by the answers, and by what its data proposes where none was given.

    `wider` is named in the hint of an error where it would allow more.

    Raises:
        AnswersMissingError: something needed was neither given nor can be proposed.
        RequestInvalidError: something given is not allowed.
    """
    answers, missing = with_proposals(answers, draft_questions(data, answers, schema.content))
    if missing:
        raise AnswersMissingError(
            f"{data.path} does not show everything that is needed; nothing was written. Add:",
            problems=[Problem(question.about, question.text) for question in missing],
        )
    if answers.size_category is None:
        answers = replace(answers, size_category=_counted_category(data))
    document = make_document(answers, [one.value for one in data.file_types], schema.content)
    in_document = document_problems(document, schema, name=METADATA_NAME)
    problems = (
        *title_problems(answers.official_name or ""),
        *nickname_problems(answers.nickname or "", None),
        *paper_problems(answers.papers),
        *in_document,
    )
    if problems:
        raise RequestInvalidError(
            "Some of the values given are not allowed; nothing was written.",
            problems=problems,
            hint=wide_hint(document, in_document, wider, Option(Field.SCHEMA, "wide")),
        )
    about = propose_about(readme, title=answers.official_name or "")
    return Draft(data, document, distributed, about)


def _counted_category(data: DataLayout) -> str | None:
    return None if data.count.examples is None else size_category(data.count.examples)


@dataclass(frozen=True, slots=True)
class Step:
    """A command to type next.

    Attributes:
        about: what it does, for people.
        fix: the command.
    """

    about: str
    fix: Fix


def make_files(draft: Draft, site: Site, render: Render) -> tuple[PlannedFile, ...]:
    """Make every file of the folder; same input, same bytes."""
    values: dict[str, Any] = {
        "title": draft.official_name,
        "nickname": draft.nickname,
        "script": draft.loader_name,
        "batch_script": draft.batch_name,
        "data_path": str(draft.data.path),
        "only": draft.data.path.name if draft.data.is_file else None,
        "kind": draft.data.file_type,
        "layout": draft.data.file,
        "names": _names(draft.data),
        "suffixes": list(draft.data.suffixes),
        "splits": draft.data.splits,
        "by_files": any(split.pattern for split in draft.data.splits),
        "left_out": draft.data.left_out,
        "missing": MISSING,
        "opener": _opener(draft.data),
        "partitions": draft.data.partitions,
        "run": max(_RUNS[draft.data.file_type], draft.data.file.block),
        "batch": site.profile.batch,
    }
    form = "_distributed" if draft.distributed else ""
    loader = render(f"loaders/{draft.data.file_type.value}{form}.py.j2", **values)
    files = [
        PlannedFile(METADATA_NAME, document_bytes(draft.document)),
        PlannedFile(draft.loader_name, loader.encode()),
    ]
    if draft.about.text:
        files.append(PlannedFile(draft.about_name, draft.about.text.encode()))
    if draft.distributed:
        batch_script = render("loaders/batch.sh.j2", **values)
        files.append(PlannedFile(draft.batch_name, batch_script.encode()))
        files.append(PlannedFile(draft.environment_name, _environment(draft)))
    return tuple(files)


def _opener(data: DataLayout) -> str | None:
    """Return the expression that opens a text file which may be compressed; None where none is."""
    if not data.compressed:
        return None
    return "gzip.open" if data.compressed == data.suffixes else _OPENER


def _names(data: DataLayout) -> str:
    """Return the constant of a loader that holds the arrays, by split where they are in splits."""
    if data.file.unit in {ExampleUnit.GROUP, ExampleUnit.ARRAY} and data.file.splits:
        return "GROUPS"
    return _NAMES.get(data.file_type, "ARRAYS")


def portal_link(draft: Draft, site: Site) -> str | None:
    """Return the link to the data; None where the site does not serve its path."""
    return data_link_of_path(site, draft.data.folder)


def next_steps(
    draft: Draft, site: Site, folder: PurePosixPath, *, schema: str = ""
) -> tuple[Step, ...]:
    """Return the commands that take the folder to the catalog.

    Args:
        draft: the dataset.
        site: where it will be cataloged.
        folder: where its files were written, as it should be typed.
        schema: the name of the metadata schema, where it is not the site's.
    """
    link = portal_link(draft, site)
    metadata = str(folder / METADATA_NAME)
    arguments = [draft.official_name, draft.nickname, str(folder / draft.loader_name),
                 link or LINK_PLACEHOLDER, metadata]  # fmt: skip
    by_schema = [Option(Field.SCHEMA, schema)] if schema else []
    options = [] if link else [Option(Field.DATA_PATH, str(draft.data.folder))]
    if draft.about.text:
        options.append(Option(Field.ABOUT, str(folder / draft.about_name)))
    if draft.distributed:
        arguments += [str(folder / draft.batch_name), "True"]
        options.append(Option(Field.INCLUDE, str(folder / draft.environment_name)))
    new = tuple(arguments), (*options, *by_schema)
    return (
        Step("check the metadata", Fix(Verb.VALIDATE_METADATA, (metadata,), tuple(by_schema))),
        Step("preview the page", Fix(Verb.PREVIEW_DATASET, *new)),
        Step("catalog it", Fix(Verb.CATALOG_NEW_DATASET, *new)),
    )


def draft_warnings(draft: Draft, site: Site) -> Iterator[Text]:
    """Yield what a draft lacks and what its loader leaves out."""
    yield from draft.about.warnings
    if portal_link(draft, site) is None:
        yield (
            f"The portal of {site.profile.title} does not serve {draft.data.folder}; put the "
            f"https address of the data in place of {LINK_PLACEHOLDER}."
        )
    file = draft.data.file
    columns = file.columns if draft.data.file_type is FileType.PARQUET else ()
    known = (*file.arrays, *(column.name for column in columns))
    texts = [name for name in known if name not in file.numeric]
    if draft.distributed and texts:
        yield f"A distributed loader reads numbers only; left out: {names(texts)}."
    if "license" not in draft.document["datacard_tags"]:
        yield Message(
            "No license is given; visitors cannot know what they may do with it (",
            Field.LICENSE,
            ").",
        )


def _environment(draft: Draft) -> bytes:
    import yaml

    packages = ["python=3.12", "pytorch>=2.6", "numpy>=2"]
    packages += _LIBRARIES.get(draft.data.file_type, ())
    content = {
        "name": draft.nickname,
        "channels": ["conda-forge"],
        "dependencies": sorted(packages, key=lambda package: not package.startswith("python")),
    }
    comment = (
        f"# conda env create -f {draft.environment_name}\n"
        "# Create it where there is a GPU, so that conda picks the CUDA build of PyTorch.\n"
    )
    return (comment + yaml.safe_dump(content, sort_keys=False)).encode()
