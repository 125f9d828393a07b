"""Text for terminals, shells, logs and Markdown."""
