"""The best use of a budget: a search for portfolios of programmes and levers of the service, and their
re-simulation."""
