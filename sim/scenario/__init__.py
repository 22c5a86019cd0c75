"""Scenarios: read from files, layered on each other, checked as a whole."""
