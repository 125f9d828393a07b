"""The Hub over HTTP; the only adapters that know huggingface_hub."""
