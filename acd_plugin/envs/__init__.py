"""The cyber-defence game as an environment. Needs neither torch nor a host."""
