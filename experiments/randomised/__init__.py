"""One randomised trial: its design, its course among simulated people, and what published ones found."""
