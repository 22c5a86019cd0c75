"""Files on disk: written whole or not at all, checked when read, cleared away once nobody writes them."""
