"""Trained networks that turn sound into what a field draws from: the network, and the field it drives."""
