"""All about one repository."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.adapters.loopback import indexing, rendering
from huggingnersc.adapters.loopback.faults import bad_request
from huggingnersc.adapters.loopback.routing import Route
from huggingnersc.domain.hub.tags import derive_tags

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.adapters.loopback.call import Call
    from huggingnersc.adapters.loopback.store.values import Entry

MAX_SIBLINGS = 100_000
_NOT_KEPT = (
    "baseModels childrenModelCount evalResults gguf inference inferenceProviderMapping mask_token "
    "mainSize paperswithcode_id citation description resourceGroup safetensors securityStatus "
    "security transformersInfo widgetData xetEnabled transformers_info widget_data config "
    "citation datasetsServerInfo region"
)


def info(call: Call) -> Response:
    """`GET /api/{kind}/{ns}/{name}[/revision/{rev}]`."""
    call.hub.downloads.flush()
    record = call.record()
    repository = call.hub.repository(record)
    commit = repository.resolve(call.parts.get("rev", "main"))
    if commit.sha != record.sha and call.parts.get("rev", "main") == "main":
        indexing.refresh(call.hub, record.storage_id)
        record = call.hub.registry.by_id(record.storage_id) or record
    shown = rendering.repository(record)
    shown["sha"] = commit.sha
    if commit.sha != record.sha:
        card = indexing.read_card(repository, commit)
        shown["cardData"], shown["tags"] = card.metadata, list(derive_tags(record.name.kind, card))
    expand = call.query_all("expand")
    if not expand or "siblings" in expand:
        files = [e for e in repository.walk(commit, recursive=True) if not e.is_folder]
        shown["siblings"] = _siblings(call, files)
    return rendering.answer(_selected(shown, expand) if expand else shown)


def _siblings(call: Call, files: list[Entry]) -> list[dict[str, object]]:
    return rendering.siblings(list(islice(files, MAX_SIBLINGS)), details=call.flag("blobs"))


def _selected(shown: dict[str, object], expand: list[str]) -> dict[str, object]:
    unknown = [key for key in expand if key not in shown and key not in _NOT_KEPT.split()]
    if unknown:
        raise bad_request(f"Invalid expand key {unknown[0][:60]!r}")
    found: dict[str, object] = {"_id": shown["_id"], "id": shown["id"]}
    found.update({key: shown.get(key) for key in expand})
    return found


ROUTES = (
    Route("GET", "/api/{kind}/{ns}/{name}/revision/{rev}", info),
    Route("GET", "/api/{kind}/{ns}/{name}", info),
)
