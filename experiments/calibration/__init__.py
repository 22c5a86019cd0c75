"""Calibration of parameters to patterns: emulators, their posterior, rounds of runs, the shipped draws."""
