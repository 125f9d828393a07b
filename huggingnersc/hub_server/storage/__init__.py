"""What lies on disk: bare git repositories and big files by their sha256."""
