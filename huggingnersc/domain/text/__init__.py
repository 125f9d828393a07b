"""Text for people, shells, logs and Markdown."""
