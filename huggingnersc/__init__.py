"""Catalog the datasets of a computing center on the Hugging Face Hub; the data stays there.

Every verb of the command line is a function here, imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huggingnersc.api.catalog.catalog_new_dataset import catalog_new_dataset
    from huggingnersc.api.catalog.inspect_dataset import inspect_dataset
    from huggingnersc.api.catalog.list_datasets import list_datasets
    from huggingnersc.api.catalog.plan_target import UpdateOptions
    from huggingnersc.api.catalog.preview_dataset import preview_dataset
    from huggingnersc.api.catalog.remove_dataset import plan_remove, remove_dataset
    from huggingnersc.api.catalog.restore_dataset import plan_restore, restore_dataset
    from huggingnersc.api.catalog.update_dataset import plan_update, update_dataset
    from huggingnersc.api.check.check_dataset import check_dataset
    from huggingnersc.api.check.validate_metadata import validate_metadata
    from huggingnersc.api.doctor.doctor import doctor
    from huggingnersc.api.draft.init_dataset import init_dataset
    from huggingnersc.api.hub.check_hub import check_hub
    from huggingnersc.api.hub.export_catalog import export_catalog
    from huggingnersc.api.hub.serve_hub import serve_hub
    from huggingnersc.api.packing.download_dataset import download_dataset
    from huggingnersc.api.packing.list_urls import list_urls
    from huggingnersc.api.packing.upload_dataset import plan_upload, upload_dataset
    from huggingnersc.api.runs.cancel_run import cancel_run
    from huggingnersc.api.runs.resume_run import resume_run
    from huggingnersc.api.runs.status_run import status_run, status_runs
    from huggingnersc.api.site import resolve_site
    from huggingnersc.api.versions.compare_datasets import compare_datasets
    from huggingnersc.api.versions.inspect_version import inspect_version
    from huggingnersc.api.versions.list_versions import list_versions
    from huggingnersc.api.versions.read_manifest import read_manifest
    from huggingnersc.api.versions.read_statistics import read_statistics
    from huggingnersc.api.versions.snapshot_dataset import plan_snapshot, snapshot_dataset
    from huggingnersc.api.versions.update_version import plan_version_update, update_version
    from huggingnersc.api.versions.verify_dataset import verify_dataset
    from huggingnersc.domain.packing.download import DownloadOptions, DownloadSource
    from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
    from huggingnersc.fixes import REMOVE

_EXPORTS = {
    "catalog_new_dataset": "huggingnersc.api.catalog.catalog_new_dataset",
    "inspect_dataset": "huggingnersc.api.catalog.inspect_dataset",
    "list_datasets": "huggingnersc.api.catalog.list_datasets",
    "preview_dataset": "huggingnersc.api.catalog.preview_dataset",
    "plan_remove": "huggingnersc.api.catalog.remove_dataset",
    "plan_restore": "huggingnersc.api.catalog.restore_dataset",
    "plan_update": "huggingnersc.api.catalog.update_dataset",
    "remove_dataset": "huggingnersc.api.catalog.remove_dataset",
    "restore_dataset": "huggingnersc.api.catalog.restore_dataset",
    "update_dataset": "huggingnersc.api.catalog.update_dataset",
    "check_dataset": "huggingnersc.api.check.check_dataset",
    "validate_metadata": "huggingnersc.api.check.validate_metadata",
    "doctor": "huggingnersc.api.doctor.doctor",
    "init_dataset": "huggingnersc.api.draft.init_dataset",
    "check_hub": "huggingnersc.api.hub.check_hub",
    "export_catalog": "huggingnersc.api.hub.export_catalog",
    "serve_hub": "huggingnersc.api.hub.serve_hub",
    "download_dataset": "huggingnersc.api.packing.download_dataset",
    "list_urls": "huggingnersc.api.packing.list_urls",
    "DownloadOptions": "huggingnersc.domain.packing.download",
    "DownloadSource": "huggingnersc.domain.packing.download",
    "plan_upload": "huggingnersc.api.packing.upload_dataset",
    "upload_dataset": "huggingnersc.api.packing.upload_dataset",
    "cancel_run": "huggingnersc.api.runs.cancel_run",
    "resume_run": "huggingnersc.api.runs.resume_run",
    "status_run": "huggingnersc.api.runs.status_run",
    "status_runs": "huggingnersc.api.runs.status_run",
    "resolve_site": "huggingnersc.api.site",
    "compare_datasets": "huggingnersc.api.versions.compare_datasets",
    "verify_dataset": "huggingnersc.api.versions.verify_dataset",
    "inspect_version": "huggingnersc.api.versions.inspect_version",
    "list_versions": "huggingnersc.api.versions.list_versions",
    "read_manifest": "huggingnersc.api.versions.read_manifest",
    "read_statistics": "huggingnersc.api.versions.read_statistics",
    "plan_version_update": "huggingnersc.api.versions.update_version",
    "update_version": "huggingnersc.api.versions.update_version",
    "plan_snapshot": "huggingnersc.api.versions.snapshot_dataset",
    "snapshot_dataset": "huggingnersc.api.versions.snapshot_dataset",
    "SnapshotOptions": "huggingnersc.domain.versions.snapshot_options",
    "pack_dataset": "huggingnersc.api.packing.pack_dataset",
    "PackOptions": "huggingnersc.domain.packing.options",
    "REMOVE": "huggingnersc.fixes",
    "UpdateOptions": "huggingnersc.api.catalog.plan_target",
}
__all__ = [
    "REMOVE",
    "DownloadOptions",
    "DownloadSource",
    "PackOptions",
    "SnapshotOptions",
    "UpdateOptions",
    "cancel_run",
    "catalog_new_dataset",
    "check_dataset",
    "check_hub",
    "compare_datasets",
    "doctor",
    "download_dataset",
    "export_catalog",
    "init_dataset",
    "inspect_dataset",
    "inspect_version",
    "list_datasets",
    "list_urls",
    "list_versions",
    "pack_dataset",
    "plan_remove",
    "plan_restore",
    "plan_snapshot",
    "plan_update",
    "plan_upload",
    "plan_version_update",
    "preview_dataset",
    "read_manifest",
    "read_statistics",
    "remove_dataset",
    "resolve_site",
    "restore_dataset",
    "resume_run",
    "serve_hub",
    "snapshot_dataset",
    "status_run",
    "status_runs",
    "update_dataset",
    "update_version",
    "upload_dataset",
    "validate_metadata",
    "verify_dataset",
]


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
