"""Sensitivity indices of outcomes, with their noise and caveats."""
