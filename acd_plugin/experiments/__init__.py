"""Many runs by one plan: algorithms times environments times seeds."""
