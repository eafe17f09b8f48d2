"""What tests and benchmarks share: games of the paper, scripted policies, a stand-in database."""
