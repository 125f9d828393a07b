"""A starting folder for a dataset: what is found in the data, and what is made of it."""
