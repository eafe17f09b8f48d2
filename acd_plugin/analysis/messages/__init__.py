"""What messages mean and who listens."""
