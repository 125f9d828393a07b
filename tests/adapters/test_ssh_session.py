"""The command that reaches a page of this machine from another computer."""

from __future__ import annotations

import getpass

from huggingnersc.adapters.ssh_session import tunnel_command

PAGE = "http://127.0.0.1:8900/datasets/NERSC/iris"


def test_in_an_ssh_session_the_same_port_is_forwarded() -> None:
    environ = {"SSH_CONNECTION": "203.0.113.5 50022 203.0.113.9 22"}
    command = tunnel_command(PAGE, environ, host="login05")
    assert command == f"ssh -N -L 8900:127.0.0.1:8900 {getpass.getuser()}@login05"


def test_without_an_ssh_session_there_is_no_tunnel() -> None:
    assert tunnel_command(PAGE, {}) is None


def test_a_host_s_name_is_quoted_for_the_shell() -> None:
    command = tunnel_command(PAGE, {"SSH_CONNECTION": "x"}, host="a; rm -rf b")
    assert str(command).endswith("@a; rm -rf b'")
