"""Readers of sources and writers of shards."""
