"""Numbers and caveats in words."""
