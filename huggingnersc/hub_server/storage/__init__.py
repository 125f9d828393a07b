"""What is on disk: bare git repositories and big files by their sha256."""
