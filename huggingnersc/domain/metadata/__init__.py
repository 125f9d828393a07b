"""Metadata files: strict reading and validation against the schema."""
