"""The command that serves the embedded Hub."""
