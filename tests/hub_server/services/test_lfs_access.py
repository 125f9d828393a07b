"""A link without a token is good only while the user it was issued to may use the file."""

from __future__ import annotations

import time
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.accounts import Accounts, User, token_hash
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.services.lfs_access import redeem_ticket

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

pytestmark = pytest.mark.attack("stale links")

DATA = bytes(range(256)) * 40
OID = sha256(DATA).hexdigest()
BATCH = "/datasets/NERSC/iris.git/info/lfs/objects/batch"
SETTINGS = "/api/datasets/NERSC/iris/settings"


@pytest.fixture
def hub(parted: InProcess) -> InProcess:
    """A Hub whose public NERSC/iris holds a big file."""
    parted.store("NERSC/iris", "a.bin", DATA)
    return parted


def download(hub: InProcess, user: str | None = None) -> str:
    body = {"operation": "download", "objects": [{"oid": OID, "size": len(DATA)}]}
    answer = hub.ask("POST", BATCH, body, user=user).json
    href: str = answer["objects"][0]["actions"]["download"]["href"]
    assert hub.follow(href).body == DATA
    return href


def change(hub: InProcess, **settings: object) -> None:
    assert hub.ask("PUT", SETTINGS, settings, user="ada").status == 200


@pytest.mark.parametrize("user", [None, "eve", "ada"])
def test_a_download_ends_when_the_repository_is_made_private(
    hub: InProcess, user: str | None
) -> None:
    href = download(hub, user)
    change(hub, private=True)
    assert hub.follow(href).status == 403
    assert hub.follow(download(hub, "ada")).status == 200


def test_a_download_ends_when_the_repository_is_gated(hub: InProcess) -> None:
    href = download(hub)
    change(hub, gated="manual")
    assert hub.follow(href).status == 403


def test_a_download_ends_when_access_to_a_gated_repository_does(hub: InProcess) -> None:
    change(hub, gated="auto")
    access = "/api/datasets/NERSC/iris"
    assert hub.ask("POST", f"{access}/ask-access", user="eve").status == 200
    href = download(hub, "eve")
    body = {"user": "eve", "status": "rejected"}
    path = f"{access}/user-access-request/handle"
    assert hub.ask("POST", path, body, user="ada").status == 200
    assert hub.follow(href).status == 403


def test_a_download_ends_when_the_file_is_deleted(hub: InProcess) -> None:
    href = download(hub)
    body = {"deletions": {"sha": [OID], "rewriteHistory": True}}
    path = "/api/datasets/NERSC/iris/lfs-files/batch"
    assert hub.ask("POST", path, body, user="ada").status == 200
    assert hub.follow(href).status == 404


def test_a_download_outlives_a_rename(hub: InProcess) -> None:
    href = download(hub)
    body = {"fromRepo": "NERSC/iris", "toRepo": "NERSC/flowers", "type": "dataset"}
    assert hub.ask("POST", "/api/repos/move", body, user="ada").status == 200
    assert hub.follow(href).status == 200


@pytest.mark.parametrize(("action", "life_s"), [("download", 3600), ("upload", 24 * 3600)])
def test_a_link_ends_after_its_time(
    hub: InProcess, monkeypatch: pytest.MonkeyPatch, action: str, life_s: int
) -> None:
    href = download(hub) if action == "download" else _upload(hub, "ada")["verify"]["href"]
    method, now = ("GET" if action == "download" else "POST"), time.time()
    for later_s, statuses in ((life_s - 60, {200, 404}), (life_s + 60, {403})):
        monkeypatch.setattr(time, "time", lambda later_s=later_s: now + later_s)
        assert hub.follow(href, method).status in statuses


def test_git_lfs_is_asked_to_renew_a_download_in_time(hub: InProcess) -> None:
    body = {"operation": "download", "objects": [{"oid": OID, "size": len(DATA)}]}
    action = hub.ask("POST", BATCH, body).json["objects"][0]["actions"]["download"]
    assert action["expires_in"] <= 3600


@pytest.mark.parametrize("which", ["upload", "verify", "part", "done"])
def test_an_upload_ends_when_its_user_may_no_longer_see_the_repository(
    hub: InProcess, which: str
) -> None:
    href, method = _upload_links(hub, "eve")[which]
    assert hub.follow(href, method, b"x").status in {400, 404, 422}
    change(hub, private=True)
    assert hub.follow(href, method, b"x").status == 403


def test_an_upload_of_a_member_goes_on_when_the_repository_is_made_public(hub: InProcess) -> None:
    change(hub, private=True)
    actions = _upload(hub, "ada")
    change(hub, private=False)
    assert hub.follow(actions["upload"]["href"], "PUT", b"new").status == 200
    assert hub.follow(actions["verify"]["href"], "POST").status == 200


def test_a_link_ends_with_the_token_it_was_issued_for(hub: InProcess) -> None:
    href = download(hub, "eve")
    ticket = href.split("ticket=")[1].split("&")[0]
    parts = ("get", href.split("/")[-3], OID, str(len(DATA)))
    user = User("eve", "Eve", "", {})
    kept = Accounts([(user, token_hash("hf_token_of_eve"))], [])
    assert redeem_ticket(replace(hub.hub, accounts=kept), ticket, *parts).user == user
    for others in ([(user, token_hash("hf_a_new_token"))], []):
        changed = replace(hub.hub, accounts=Accounts(others, []))
        with pytest.raises(HttpError) as caught:
            redeem_ticket(changed, ticket, *parts)
        assert caught.value.status == 403


def test_a_link_names_its_user_and_no_other(hub: InProcess) -> None:
    href = download(hub, "eve")
    assert "ticket=eve~" in href
    for user in ("ada~", "~", "", "eve~~"):
        assert hub.follow(href.replace("eve~", user)).status == 403


def test_no_part_is_written_with_the_permission_to_finish(hub: InProcess) -> None:
    href, _ = _upload_links(hub, "ada")["done"]
    assert hub.follow(href.replace("/done?", "/0?"), "PUT", b"x").status == 403


def _upload(hub: InProcess, user: str, data: bytes = b"new") -> dict[str, dict[str, str]]:
    return hub.upload_actions("NERSC/iris", data, user=user)


def _upload_links(hub: InProcess, user: str) -> dict[str, tuple[str, str]]:
    single = _upload(hub, user)
    parts = hub.upload_actions("NERSC/iris", bytes(9000), "multipart", user=user)["upload"]
    return {
        "upload": (single["upload"]["href"], "PUT"),
        "verify": (single["verify"]["href"], "POST"),
        "part": (parts["header"]["00001"], "PUT"),
        "done": (parts["href"], "POST"),
    }
