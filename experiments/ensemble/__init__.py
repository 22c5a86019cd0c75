"""Replicates of one scenario, and estimates from them."""
