"""Commands about looks."""
