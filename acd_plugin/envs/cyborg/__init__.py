"""The cyber-defence game of CybORG's scenarios."""
