"""Commands that check metadata files and cataloged datasets."""
