"""What people read of each result: plain values in, lines and tables out."""
