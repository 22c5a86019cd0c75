"""Draws of the uncertain numbers, and how they are carried into results."""
