"""The data of a dataset on disk: listed, counted and looked at, never changed."""
