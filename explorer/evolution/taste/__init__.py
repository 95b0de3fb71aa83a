"""Taste: what somebody likes, learned from duels, stars and chosen parents. Nothing uses it unless asked."""
