"""Networks drawn by a seeded generator, and sets of networks that are played together."""
