"""Folders of results: written together, read back."""
