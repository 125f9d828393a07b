"""What is known when the files by which a version is loaded are made, and what is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.loading import HubConfig, Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from huggingnersc.domain.loading.sample import SampleReport
    from huggingnersc.domain.versions.statistics import Statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingWork:
    """What the files by which a version is loaded are made of.

    Attributes:
        data: the root of the data.
        manifest: its manifest.
        digest: the SHA-256 of the manifest.
        folder: receives the files.
        portal_link: the https address of the data; empty where it is not known yet.
        site: the name of the site, which is that of the configuration for the data in place.
        sample_rows: how many examples of a split a sample has at most; 0 for no sample.
        no_sample: why there is to be none, in a sentence for the card.
        is_listed: whether the names of the files become public.
        tables: whether small tables are published in whole.
        statistics: the description of the contents; None where none was made.
        seconds: the most time that this machine allows; None for the usual limit.
    """

    data: Path
    manifest: Path
    digest: str
    folder: Path
    portal_link: str
    site: str
    sample_rows: int
    tables: bool
    statistics: Statistics | None
    seconds: float | None
    no_sample: str = ""
    is_listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingPart:
    """What one step makes.

    Attributes:
        configs: for the card; their paths are those in the repository.
        files: by their paths in the version.
        source: the files of the data, by the step that looks at them.
        no_sample: why there is no sample, in a sentence for the card.
        sample: what the sample publishes, by the step that makes it.
        problems: what could not be made, each a sentence for whoever makes the version.
    """

    configs: tuple[HubConfig, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    source: Source | None = None
    no_sample: str = ""
    sample: SampleReport | None = None
    problems: tuple[str, ...] = ()
