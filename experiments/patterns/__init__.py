"""Natural history and observed associations, read off simulated people as studies read them off real ones."""

PEOPLE = 1500  # in each simulated study
