"""Verbs for runs: status, resume, cancel."""
