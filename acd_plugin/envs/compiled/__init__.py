"""What every compiled game shares: the decorator, its cache and the random numbers."""
