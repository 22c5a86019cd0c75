"""Scenarios compared: differences, subgroups, life histories, attribution."""
