"""What the model is not fitted to, and can be held against all the same: simulated studies that predict, or check."""
