"""Commands about packs of a dataset, and about moving its files."""
