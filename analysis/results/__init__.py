"""Results for users: tables, figures, saved files and JSON of each kind."""
