"""The best use of a budget: portfolios of programmes and levers of the service, searched for and lived again."""
