"""Atlases: many different good looks at once, laid out over two measures of them."""
