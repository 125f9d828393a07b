"""The pages of a Hub as a site of files."""
