"""What happens to trained agents when their messages are tampered with."""
