"""The starting folder of a dataset, drafted from its data."""
