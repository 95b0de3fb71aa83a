"""Teaching a field of any kind to follow music: its parameters, pictures with slopes, what it can express."""
