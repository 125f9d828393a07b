"""Describing what the files of a dataset contain, within stated limits."""
