"""Stand-in for smaclite, which EPyMARL imports unconditionally and PyPI does not have."""
