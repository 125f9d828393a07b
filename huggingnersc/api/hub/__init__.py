"""Verbs of the embedded Hub."""
