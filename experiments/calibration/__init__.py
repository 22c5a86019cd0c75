"""Fitting the numbers of the model to patterns: emulators, their posterior, rounds of runs, the draws that ship."""
