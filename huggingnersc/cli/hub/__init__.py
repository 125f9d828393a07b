"""Commands of the embedded Hub."""
