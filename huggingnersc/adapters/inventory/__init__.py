"""Listing and hashing the files of a dataset."""
