"""Configuration files, settings classes and the errors that both give."""
