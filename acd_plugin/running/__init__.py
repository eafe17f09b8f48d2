"""The use cases, once for the command line, plans and Python: train, resume, evaluate, examine."""
