"""The rules of a Hub's protocol, without disk and network."""
