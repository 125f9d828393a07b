"""What is known about one repository."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.hub_server import json_shapes
from huggingnersc.hub_server.http_error import bad_request
from huggingnersc.hub_server.protocol.tags import derive_tags
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import indexing

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext

MAX_SIBLINGS = 100_000
_NOT_KEPT = (
    "baseModels childrenModelCount evalResults gguf inference inferenceProviderMapping mask_token "
    "mainSize paperswithcode_id citation description resourceGroup safetensors securityStatus "
    "security transformersInfo widgetData xetEnabled transformers_info widget_data config "
    "citation datasetsServerInfo region"
)


def info(context: RequestContext) -> Response:
    """`GET /api/{kind}/{ns}/{name}[/revision/{rev}]`."""
    context.hub.downloads.flush()
    session = context.visible()
    record, repository = session.record, session.git
    commit = repository.resolve(context.path_params.get("rev", "main"))
    if commit.sha != record.sha and context.path_params.get("rev", "main") == "main":
        indexing.refresh(context.hub, record.storage_id)
        record = context.hub.registry.by_id(record.storage_id) or record
    shown = json_shapes.repository(record)
    shown["sha"] = commit.sha
    if commit.sha != record.sha:
        card = indexing.read_card(repository, commit)
        shown["cardData"], shown["tags"] = card.metadata, list(derive_tags(record.name.kind, card))
    expand = context.query_all("expand")
    if not expand or "siblings" in expand:
        entries = repository.walk(commit, recursive=True)
        files = list(islice((one for one in entries if not one.is_folder), MAX_SIBLINGS))
        shown["siblings"] = json_shapes.siblings(files, details=context.flag("blobs"))
    return json_shapes.answer(_selected(shown, expand) if expand else shown)


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
