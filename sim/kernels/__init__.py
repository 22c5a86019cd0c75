"""The compiled core: one verb of the week, one file. Verbs are scalar functions about one tie or one person."""
