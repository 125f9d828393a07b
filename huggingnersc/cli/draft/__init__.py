"""Commands that start from data."""
