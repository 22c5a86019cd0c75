"""The files that each command writes."""
