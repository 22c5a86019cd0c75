"""The runs of a study: planned, simulated by an engine, stored by identity."""
