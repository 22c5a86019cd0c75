"""Simulated randomised trials of programmes, held as published ones are."""
