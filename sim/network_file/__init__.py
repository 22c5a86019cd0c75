"""The network file: ego networks as a scenario uses them."""
