"""One outside thing per file, its errors translated there."""
