"""Posterior draws of the uncertain parameters, and their propagation into results."""
