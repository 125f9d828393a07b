"""Metadata files: reading them strictly and holding them against the schema."""
