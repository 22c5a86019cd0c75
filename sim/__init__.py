"""A network of people, week by week: the model, its numbers, its compiled core and its Mesa face."""
