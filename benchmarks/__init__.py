"""How fast the core is, against what one could use instead: `python -m benchmarks`. Never imported by the project."""
