"""The command that checks this machine."""
