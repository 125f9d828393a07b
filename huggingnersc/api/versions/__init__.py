"""Verbs for versions: snapshot, compare, verify, list, update."""
