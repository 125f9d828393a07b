"""Site profiles: where a computing center publishes, its catalog folder, its portal's paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from pathlib import PurePosixPath
from typing import ClassVar
from urllib.parse import quote, unquote, urlsplit

from huggingnersc.domain.engine_settings import EngineSettings
from huggingnersc.domain.path_notes import PathNote
from huggingnersc.domain.repo_names import name_problem
from huggingnersc.domain.token_address import TokenRefusal, is_this_machine, token_refusal
from huggingnersc.problems import Problem

EMBEDDED = "embedded"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
LOCAL = "local"
_KERNEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")  # as jupyter_client allows it


class SchemaName(StrEnum):
    """A metadata schema that comes with the program."""

    DEFAULT = "default"
    WIDE = "wide"


SCHEMA_NAMES: frozenset[str] = frozenset(SchemaName)


class _ProfileTable:
    """Base that makes pydantic reject unknown keys in a profile."""

    __slots__ = ()
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class HubSettings(_ProfileTable):
    """The Hub of a site.

    Attributes:
        organization: the namespace in which every repository is created.
        endpoint: an http(s) address, or `embedded` for the Hub inside HuggingNERSC.
        local_port: the default port of `serve-hub`, so that local links are stable.
    """

    organization: str
    endpoint: str = EMBEDDED
    local_port: int = 8017


@dataclass(frozen=True, slots=True)
class CatalogSettings(_ProfileTable):
    """The catalog of a site.

    Attributes:
        root: the folder with one folder per dataset; `{data_home}` stands for the user's data
            folder.
        metadata_schema: `wide`, `default` (`metadata_schema.json`), or a schema file in place of
            it; a relative path is relative to the folder of the file that states it.
    """

    root: str
    metadata_schema: str | None = None


@dataclass(frozen=True, slots=True)
class PortalRule(_ProfileTable):
    """The rule that maps links of the portal to paths of the file system.

    Attributes:
        url: the pattern of the link, with `{project}` and `{rest}`.
        path: the pattern of the path, with `{project}` and `{rest}`.
        listing: whether the portal lists the files of a folder, so that `wget -r` fetches it.
    """

    url: str
    path: str
    listing: bool = False


@dataclass(frozen=True, slots=True)
class GlobusCollection(_ProfileTable):
    """A Globus collection that reaches folders of the center.

    Attributes:
        collection: its display name.
        paths: the folders that it reaches, absolute.
        id: its UUID, where it is known for sure; the card then has a link.
    """

    collection: str
    paths: tuple[str, ...]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class KernelSettings(_ProfileTable):
    """A Jupyter kernel of a site.

    Attributes:
        name: as `jupyter kernelspec list` shows it.
        display_name: the name in the kernel menu; the same as `name` when empty.
    """

    name: str
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class JupyterSettings(_ProfileTable):
    """How a notebook is opened at the site.

    Attributes:
        link: the address with `{path}`, an absolute path; None when the site has no JupyterHub.
        kernel_name: the Python kernel written into notebooks.
        kernel_display_name: the name in the kernel menu.
        kernel_lacks: modules that this kernel does not have, such as `torch`.
        kernels: other kernels, by a module that a loader imports or by a language.
    """

    link: str | None = None
    kernel_name: str = "python3"
    kernel_display_name: str = "Python 3"
    kernel_lacks: tuple[str, ...] = ()
    kernels: Mapping[str, KernelSettings] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchSettings(_ProfileTable):
    """The content of batch scripts that are generated for the site.

    Attributes:
        options: the `#SBATCH` options, one per line.
        setup: shell lines after which `conda activate` works.
    """

    options: tuple[str, ...] = ("--nodes=2", "--ntasks-per-node=1", "--time=00:10:00")
    setup: tuple[str, ...] = ('eval "$(conda shell.bash hook)"',)


@dataclass(frozen=True, slots=True)
class CountingSettings(_ProfileTable):
    """The limits for counting examples on a shared machine.

    Attributes:
        seconds: the wall time, in seconds.
        gigabytes: the data to read, in GB.
    """

    seconds: float = 20
    gigabytes: float = 4


class Publication(StrEnum):
    """What becomes of a description of the data."""

    PUBLIC = "public"  # on the Hub, if everyone may read the data
    PRIVATE = "private"  # in the catalog folder only
    NONE = "none"  # not made


@dataclass(frozen=True, slots=True)
class VersionSettings(_ProfileTable):
    """What a snapshot publishes where the command does not say.

    Attributes:
        manifest: the names, sizes, times and hashes of the files.
        statistics: the description of their contents.
        sample: whether a version has a sample of the data.
    """

    manifest: Publication = Publication.PUBLIC
    statistics: Publication = Publication.PUBLIC
    sample: bool = True


@dataclass(frozen=True, slots=True)
class SiteProfile(_ProfileTable):
    """One computing center, as its TOML file describes it."""

    name: str
    title: str
    hub: HubSettings
    catalog: CatalogSettings
    portal: PortalRule | None = None
    jupyter: JupyterSettings = JupyterSettings()
    batch: BatchSettings = BatchSettings()
    counting: CountingSettings = CountingSettings()
    versions: VersionSettings = VersionSettings()
    engine: EngineSettings = field(default_factory=EngineSettings)
    globus: tuple[GlobusCollection, ...] = ()
    notes: tuple[PathNote, ...] = ()


class SiteOrigin(StrEnum):
    """The source of the choice of a site."""

    CALLER = "the command or call that names it"
    ENVIRONMENT = "the environment variable HUGGINGNERSC_SITE"
    CONFIGURATION = "the user configuration file"
    NERSC_HOST = "NERSC_HOST, which is set on machines at NERSC"
    DEFAULT = "the default, because nothing else is set"


@dataclass(frozen=True, slots=True)
class Site:
    """A profile resolved for this user and machine.

    Attributes:
        profile: the content of the TOML file.
        origin: why this site is used.
        catalog_root: absolute folder of the catalog.
        hub_root: absolute folder of the embedded Hub; used only when the site publishes there.
        run_root: absolute folder of the runs.
        endpoint: the Hub's address, or `embedded`.
        metadata_schema: one that comes with the program, or an absolute schema file.
        file: the TOML file of the profile; None where it was made in memory.
        extends: the files that it extends, the nearest first.
        is_endpoint_named: whether the user named the endpoint for this command or call.
    """

    profile: SiteProfile
    origin: SiteOrigin
    catalog_root: PurePosixPath
    hub_root: PurePosixPath
    run_root: PurePosixPath
    endpoint: str
    metadata_schema: PurePosixPath | SchemaName = SchemaName.DEFAULT
    file: PurePosixPath | None = None
    extends: tuple[PurePosixPath, ...] = ()
    is_endpoint_named: bool = False

    @property
    def is_embedded(self) -> bool:
        """Whether the site publishes to the embedded Hub, on this machine."""
        return self.endpoint == EMBEDDED

    @property
    def takes_file_links(self) -> bool:
        """Whether data may be linked by a `file://` address: only where all is on one machine."""
        return self.is_embedded and self.profile.name == LOCAL

    @property
    def hub_address(self) -> str:
        """The address for browsers: the Hub's own, or the default address of `serve-hub`."""
        local = f"http://127.0.0.1:{self.profile.hub.local_port}"
        return local if self.is_embedded else self.endpoint.rstrip("/")

    @property
    def is_hub_here(self) -> bool:
        """Whether only this machine reaches the Hub; each `serve-hub` has its own address."""
        return is_this_machine(urlsplit(self.hub_address).hostname or "")

    @property
    def token_refusal(self) -> TokenRefusal | None:
        """Why a saved token is not sent to the Hub; None when it is."""
        own = self.profile.hub.endpoint
        return token_refusal(self.endpoint, own=own, is_named=self.is_endpoint_named)

    def repo_id(self, nickname: str) -> str:
        """Return the Hub ID of a dataset, such as `NERSC/iris`."""
        return f"{self.profile.hub.organization}/{nickname}"

    def hub_url(self, nickname: str) -> str:
        """Return the address of a dataset's repository page."""
        return f"{self.hub_address}/datasets/{self.repo_id(nickname)}"

    def public_url(self, nickname: str) -> str:
        """Return the address of the page for what is published; empty for a Hub that is here."""
        return "" if self.is_hub_here else self.hub_url(nickname)

    def notebook_link(self, notebook: PurePosixPath) -> str | None:
        """Return the link that opens a notebook at the site, percent-encoded; None without one."""
        link = self.profile.jupyter.link
        return link.replace("{path}", quote(str(notebook))) if link else None


def profile_problems(profile: SiteProfile) -> tuple[Problem, ...]:
    """Return every problem of a profile beyond wrong types."""
    hub, portal, link = profile.hub, profile.portal, profile.jupyter.link
    schema = profile.catalog.metadata_schema
    form = "with {project} once and /{rest} at its end"
    checks = [
        ("hub.endpoint", _is_endpoint(hub.endpoint), 'must be "embedded" or an http(s) address'),
        ("hub.organization", name_problem(hub.organization) is None, "must be a name on the Hub"),
        ("hub.local_port", 0 < hub.local_port < 1 << 16, "must be between 1 and 65535"),
        ("catalog.root", "\0" not in profile.catalog.root, "must be a path"),
        ("catalog.metadata_schema", "\0" not in (schema or ""), "must be a path"),
        ("counting.seconds", profile.counting.seconds >= 0, "must be 0 or more"),
        ("counting.gigabytes", profile.counting.gigabytes >= 0, "must be 0 or more"),
        (
            "versions.manifest",
            profile.versions.manifest is not Publication.NONE,
            'must be "public" or "private"; a version is never without one',
        ),
        *_engine_checks(profile.engine),
        ("jupyter.link", link is None or _is_jupyter(link), "must be an address with {path}"),
        ("batch", _is_batch(profile.batch), "must be lines of text; an option starts with --"),
        (
            "portal.url",
            not portal or _is_portal_url(portal.url),
            f"must be an https address {form}",
        ),
        ("portal.path", not portal or _is_portal_path(portal.path), f"must start with /, {form}"),
    ]
    kernels = {"jupyter": profile.jupyter.kernel_name} | {
        f"jupyter.kernels.{key}": kernel.name for key, kernel in profile.jupyter.kernels.items()
    }
    checks += [
        (where, is_kernel_name(name), "must name a kernel, such as python3")
        for where, name in kernels.items()
    ]
    checks += [
        (f"notes.{index}.path", note.path.startswith("/"), "must start with /")
        for index, note in enumerate(profile.notes)
    ]
    checks += [
        (f"globus.{index}.{key}", holds, message)
        for index, one in enumerate(profile.globus)
        for key, holds, message in _globus_checks(one)
    ]
    return tuple(Problem(where, message) for where, holds, message in checks if not holds)


def _globus_checks(one: GlobusCollection) -> tuple[tuple[str, bool, str], ...]:
    is_name = bool(one.collection.strip()) and one.collection.isprintable()
    are_paths = all(path.startswith("/") for path in one.paths)
    return (
        ("collection", is_name, "must be the name of a collection"),
        ("paths", bool(one.paths) and are_paths, "must be paths that start with /"),
        ("id", one.id is None or bool(_UUID.fullmatch(one.id)), "must be a UUID"),
    )


def _engine_checks(engine: EngineSettings) -> tuple[tuple[str, bool, str], ...]:
    lines, setup = engine.slurm, engine.slurm_setup
    processes, tasks = engine.processes, engine.slurm_tasks
    return (
        ("engine.processes", processes is None or processes > 0, "must be 1 or more"),
        ("engine.seconds", 0 <= (engine.seconds or 0) < inf, "must be 0 or more"),
        ("engine.gigabytes", 0 <= (engine.gigabytes or 0) < inf, "must be 0 or more"),
        ("engine.run_root", "\0" not in engine.run_root, "must be a path"),
        ("engine.slurm", _are_options(lines), "must be sbatch options that start with --"),
        ("engine.slurm_setup", all(map(str.isprintable, setup)), "must be lines of text"),
        ("engine.slurm_tasks", tasks > 0, "must be 1 or more"),
    )


def is_kernel_name(text: str) -> bool:
    """Return whether `text` may be the name of a Jupyter kernel."""
    return bool(_KERNEL_NAME.fullmatch(text))


def _is_batch(batch: BatchSettings) -> bool:
    return _are_options(batch.options) and all(map(str.isprintable, batch.setup))


def _are_options(lines: tuple[str, ...]) -> bool:
    return all(line.isprintable() and line.startswith("-") for line in lines)


def _is_endpoint(text: str) -> bool:
    return text == EMBEDDED or is_web_address(text)


def _is_jupyter(link: str) -> bool:
    return is_web_address(link) and "{path}" in link


def _is_portal_url(form: str) -> bool:
    """Return whether links of the portal are such as a dataset may have, or of this machine."""
    if not is_web_address(form):
        return False
    parts = urlsplit(form)
    is_safe = parts.scheme == "https" or is_this_machine(parts.hostname or "")
    return is_safe and "@" not in parts.netloc and _has_both(form)


def _is_portal_path(form: str) -> bool:
    return form.startswith("/") and _has_both(form)


def _has_both(form: str) -> bool:
    return form.count("{project}") == form.count("{rest}") == 1 and form.endswith("/{rest}")


def is_web_address(text: str) -> bool:
    """Return whether `text` is an http(s) address with a host."""
    try:
        parts = urlsplit(text)
    except ValueError:  # an unclosed IPv6 bracket
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and text.isprintable()


def path_of_link(rule: PortalRule, link: str) -> PurePosixPath | None:
    """Return the path that the portal serves at `link`, or None when it is not on this portal.

    A link with a query, a fragment, `..`, an encoded slash or control character, or bytes that are
    not UTF-8 has no path.
    """
    if not is_web_address(link) or "?" in link or "#" in link:
        return None
    found = _as_pattern(_with_lowercase_host(rule.url)).fullmatch(_with_lowercase_host(link))
    if found is None:
        return None
    segments = [unquote(segment) for segment in (found["project"], *_segments(found["rest"]))]
    if any(is_unsafe_segment(segment) for segment in segments):
        return None
    return PurePosixPath(_filled(rule.path, *segments))


def link_of_path(rule: PortalRule, path: PurePosixPath) -> str | None:
    """Return the portal's link of `path`, percent-encoded; None when it does not serve it."""
    found = _as_pattern(rule.path).fullmatch(str(path))
    if found is None:
        return None
    segments = [found["project"], *_segments(found["rest"])]
    if any(is_unsafe_segment(segment) for segment in segments):
        return None
    return _filled(rule.url, *(quote(segment) for segment in segments))


def link_without_path_words(rule: PortalRule, link: str) -> str | None:
    """Return the link that is meant where the path's folders were typed into it, else None.

    At NERSC the data of `portal.nersc.gov/cfs/m1234/x` is in `/global/cfs/cdirs/m1234/www/x`, so
    a link with `/cfs/cdirs/m1234` in it has the path's `cdirs` in place of a project.
    """
    path = path_of_link(rule, link)
    folder, _, below = rule.path.removesuffix("/{rest}").partition("/{project}")
    typed = PurePosixPath(folder).name
    segments = _segments(str(path).removeprefix(f"{folder}/")) if path else []
    inner = _segments(below)
    if not typed or segments[: 1 + len(inner)] != [typed, *inner]:
        return None
    project, *rest = segments[1 + len(inner) :] or [""]
    rest = rest[len(inner) :] if rest[: len(inner)] == inner else rest
    meant = PurePosixPath(folder, project, *inner, *rest)
    return link_of_path(rule, meant) if project else None


def _as_pattern(form: str) -> re.Pattern[str]:
    pattern = re.escape(form).replace(r"\{project\}", r"(?P<project>[^/]+)")
    return re.compile(pattern.replace(r"/\{rest\}", r"(?:/(?P<rest>.*))?"), re.DOTALL)


def _filled(form: str, project: str, *rest: str) -> str:
    before, after = form.removesuffix("{rest}").split("{project}")
    return f"{before}{project}{after}{'/'.join(rest)}"


def _segments(rest: str | None) -> list[str]:
    return [segment for segment in (rest or "").split("/") if segment]


def _with_lowercase_host(address: str) -> str:
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}"


def is_unsafe_segment(segment: str) -> bool:
    """Return whether `segment` could change the folder, is unprintable, or is not text."""
    is_text = segment.isprintable() and "\ufffd" not in segment
    return segment in {".", ".."} or "/" in segment or not is_text
