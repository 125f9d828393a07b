"""Versions of data: manifests, comparison, statistics."""
