"""Campaigns of faults: hundreds of seeded cases each, run by hand with `python -m pytest -m campaign -s`.

A miniature of each, a few seconds long, is among the everyday tests. Every campaign prints its figures in
one line; the reliability table of the guide is made from these lines.
"""
