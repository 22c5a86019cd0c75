"""Studies: scenarios, factors and design points, read from a file and checked."""
