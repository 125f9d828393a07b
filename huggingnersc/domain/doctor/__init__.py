"""What `doctor` reports."""
