from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi, constants

from tests.hub_contract import HubContract

if TYPE_CHECKING:
    from huggingnersc.hub_server import RunningHub


class TestTheEmbeddedHub(HubContract):
    @pytest.fixture
    def api(self, hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> HfApi:
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        return HfApi(hub.endpoint, token=hub.token)

    @pytest.fixture
    def namespace(self) -> str:
        return "NERSC"
