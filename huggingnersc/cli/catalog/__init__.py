"""Commands that change and show what is cataloged."""
