"""Documents and tables on many runs."""
