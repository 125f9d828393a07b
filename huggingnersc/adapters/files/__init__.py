"""Files and folders: status, permissions, shared and temporary ones."""
