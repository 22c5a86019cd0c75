"""Real ego networks in: from files as exported to a network file that a scenario can use."""
