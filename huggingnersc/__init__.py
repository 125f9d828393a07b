"""Catalog the datasets of a computing centre on the Hugging Face Hub; the data stays there."""
