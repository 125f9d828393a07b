"""What a Hub does: commits, branches, pull requests, search, access."""
