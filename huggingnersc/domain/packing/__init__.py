"""From the files of a dataset to shards that `datasets` loads."""
