"""The data of a dataset on disk: listed, read and counted, never changed."""
