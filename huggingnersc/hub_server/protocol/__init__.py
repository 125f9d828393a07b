"""The rules of a Hub that need no disk and no network."""
