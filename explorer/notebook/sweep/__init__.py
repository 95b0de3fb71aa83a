"""The sweep tab of the panel."""
