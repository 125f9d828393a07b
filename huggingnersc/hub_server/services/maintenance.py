"""Repair what a killed server left, while the server runs; no repository stops the others."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from huggingnersc.hub_server.services.indexing import refresh
from huggingnersc.hub_server.storage.errors import RepositoryBusyError, StorageError
from huggingnersc.interrupts import defer_interrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from huggingnersc.hub_server.hub_context import HubContext

log = logging.getLogger(__name__)

STOP_TIMEOUT_S = 10


@contextmanager
def maintained(hub: HubContext, *, patience_s: float) -> Iterator[None]:
    """Maintain `hub` in a thread; the block begins after it, at the latest after `patience_s`."""
    stop = threading.Event()
    thread = threading.Thread(
        target=maintain, args=[hub, stop.is_set], name="hub-maintenance", daemon=True
    )
    try:
        with defer_interrupt():
            thread.start()
        thread.join(patience_s)
        yield
    finally:
        with defer_interrupt():  # or the Hub closes its files while the thread reads them
            stop.set()
            if thread.ident is not None:
                thread.join(STOP_TIMEOUT_S)


def maintain(hub: HubContext, stopped: Callable[[], bool] = lambda: False) -> None:
    """Remove what is unfinished, and read again what the registry may have missed.

    A repository that cannot be read is quarantined until a later start finds it sound.

    Args:
        hub: the Hub.
        stopped: says that the server ends; asked between repositories.
    """
    _attempt("clean up", hub.lfs.sweep)
    _attempt("clean up", lambda: hub.store.sweep(set(hub.registry.ids())))
    for storage_id in sorted({*hub.registry.dirty_ids(), *hub.store.quarantined_ids()}):
        if stopped():
            return
        _attempt(f"repair repository {storage_id}", lambda: _repair(hub, storage_id))  # noqa: B023


def _repair(hub: HubContext, storage_id: str) -> None:
    repository = hub.store.open(storage_id)
    try:
        with repository.writing():
            main = repository.refs.read("refs/heads/main")
            if main is not None:
                repository.objects.check_tree(repository.objects.commit(main).tree)
            refresh(hub, storage_id)
    except RepositoryBusyError:
        return  # its writer refreshes it
    except (StorageError, OSError) as error:
        hub.store.quarantine(storage_id, str(error))
        log.error("%s is quarantined: %s", _name(hub, storage_id), error)
    else:
        hub.store.release(storage_id)


def _name(hub: HubContext, storage_id: str) -> str:
    record = hub.registry.by_id(storage_id)
    return storage_id if record is None else record.name.url_path


def _attempt(what: str, action: Callable[[], None]) -> None:
    try:
        action()
    except Exception:
        log.exception("the embedded Hub could not %s", what)
