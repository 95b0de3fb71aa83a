"""The map of an atlas in a notebook: looks move under the pointer, open in the panel, and breed."""
