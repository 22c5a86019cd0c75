"""A decision: which of some options, or mix of them, makes the most of a budget, and how surely."""
