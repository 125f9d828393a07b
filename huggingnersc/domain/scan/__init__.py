"""Scans of scripts for secrets, syntax errors and wrong batch options."""
