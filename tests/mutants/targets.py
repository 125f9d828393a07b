"""The modules that decide and write, each with the tests that should notice a change of it."""

from __future__ import annotations

_CATALOG = (
    "test_write_order.py",
    "adapters/test_catalog_transaction.py",
    "adapters/test_catalog_folder.py",
    "adapters/test_catalog_sharing.py",
    "adapters/test_hostile_links.py",
)
_STORAGE = "hub_server/storage/"
_TRANSFER = "adapters/transfer/"
_FETCH = tuple(
    f"{_TRANSFER}test_{name}.py" for name in ("fetch_files", "compare_target", "killed_transfer")
)

TARGETS = {
    "huggingnersc.domain.catalog.reconcile": (
        "domain/catalog/test_reconcile.py",
        "api/catalog/test_older_templates.py",
        "api/catalog/test_drafted_versions.py",
    ),
    "huggingnersc.domain.catalog.update": ("domain/catalog/test_update.py",),
    "huggingnersc.domain.catalog.record": ("domain/catalog/test_record.py",),
    "huggingnersc.domain.catalog.legacy_record": ("domain/catalog/test_legacy_record.py",),
    "huggingnersc.domain.catalog.removed_dataset": ("domain/catalog/test_removed_dataset.py",),
    "huggingnersc.domain.text.redact": ("domain/text/test_redact.py",),
    "huggingnersc.adapters.catalog_folder": _CATALOG,
    "huggingnersc.adapters.removed_datasets": (
        "test_write_order.py",
        "adapters/test_catalog_transaction.py",
        "api/catalog/test_remove_dataset.py",
        "adapters/files/test_shared_files.py",
    ),
    "huggingnersc.adapters.draft_folder": ("adapters/test_draft_folder.py",),
    "huggingnersc.adapters.files.shared_files": ("adapters/files/test_shared_files.py", *_CATALOG),
    "huggingnersc.adapters.files.open_folder": ("adapters/files/test_open_folder.py", *_CATALOG),
    "huggingnersc.adapters.files.folder_lock": (
        "adapters/test_hostile_locks.py",
        "adapters/files/test_filesystem_probe.py",
    ),
    "huggingnersc.domain.catalog.record_checks": ("domain/catalog/test_record_checks.py",),
    "huggingnersc.api.catalog.publish": (
        "api/catalog/test_transaction.py",
        "api/catalog/test_publish.py",
        "api/catalog/test_failed_commits.py",
        "api/catalog/test_drafted_versions.py",
        "api/packing/test_upload_dataset.py",
    ),
    "huggingnersc.hub_server.protocol.operations": ("hub_server/protocol/test_operations.py",),
    "huggingnersc.hub_server.storage.refs": (f"{_STORAGE}test_refs.py",),
    "huggingnersc.hub_server.storage.lfs": (f"{_STORAGE}test_lfs.py",),
    "huggingnersc.hub_server.storage.durable": (f"{_STORAGE}test_durable.py",),
    "huggingnersc.hub_server.storage.tree_changes": (f"{_STORAGE}test_tree_changes.py",),
    "huggingnersc.hub_server.services.commits": (
        "hub_server/services/test_commits.py",
        "hub_server/routes/test_commit.py",
        "hub_server/routes/test_xet.py",
    ),
    "huggingnersc.hub_server.services.merge": ("hub_server/services/test_merge.py",),
    "huggingnersc.adapters.version_store": (
        "adapters/test_version_store.py",
        "test_write_order.py",
    ),
    "huggingnersc.adapters.engines.run_folder": (
        "adapters/engines/test_run_folder.py",
        "adapters/engines/test_shard_work.py",
    ),
    "huggingnersc.adapters.transfer.state_file": (f"{_TRANSFER}test_state_file.py", *_FETCH),
    "huggingnersc.adapters.transfer.target_folder": (
        f"{_TRANSFER}test_target_folder.py",
        *_FETCH,
    ),
    "huggingnersc.adapters.transfer.large_file": (f"{_TRANSFER}test_large_file.py", *_FETCH),
    "huggingnersc.adapters.packing.assign_splits": ("adapters/packing/test_assign_splits.py",),
    "huggingnersc.domain.packing.splits": ("domain/packing/test_splits.py",),
    "huggingnersc.domain.packing.cuts": ("domain/packing/test_cuts.py",),
    "huggingnersc.domain.packing.tar_header": ("domain/packing/test_tar_header.py",),
    "huggingnersc.domain.versions.disclosure": ("domain/versions/test_disclosure.py",),
}
