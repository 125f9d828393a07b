"""What must not become public, and what would not run: secrets, syntax, batch options."""
