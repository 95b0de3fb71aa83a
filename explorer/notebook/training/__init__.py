"""A training to watch in a notebook."""
