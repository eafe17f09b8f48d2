"""Learning curves, alone and compared."""
