"""Diagnostics: how much a field varies, and what moves it."""

from explorer.diagnostics.variance import Variances, group_variances, strength

__all__ = ["Variances", "group_variances", "strength"]
