"""An area: its people, their first ties, its staff, and the weeks they live."""
