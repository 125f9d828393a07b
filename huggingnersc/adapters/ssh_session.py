"""The SSH session in which the program runs, if it does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from huggingnersc.domain.text.shell import shell_word

if TYPE_CHECKING:
    from collections.abc import Mapping


def tunnel_command(
    endpoint: str, environ: Mapping[str, str] = os.environ, *, host: str = ""
) -> str | None:
    """Return the command with which another computer reaches a port of this one by SSH.

    Args:
        endpoint: an address with the port, which is the same at both ends.
        environ: the environment variables.
        host: this machine's name; found out when empty.

    Returns:
        None outside of an SSH session, where a browser of this machine is at hand.
    """
    if not environ.get("SSH_CONNECTION"):
        return None
    import getpass
    import socket

    port = urlsplit(endpoint).port
    login = f"{getpass.getuser()}@{host or socket.getfqdn()}"
    return f"ssh -N -L {port}:127.0.0.1:{port} {shell_word(login)}"
