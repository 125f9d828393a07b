"""Looking at data before a starting folder is written."""
