"""Cost-effectiveness: prices put on what a comparison used, and what is worth knowing before a choice."""
