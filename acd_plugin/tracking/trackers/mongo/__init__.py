"""A copy of the run folders in MongoDB, in Sacred's own schema. The folders stay the truth."""
