"""CPPNs painted from pictures."""
