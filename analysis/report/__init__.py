"""One self-contained page of everything that a folder of results holds."""
