"""Formulas of fields as shaders: what Python computes with tensors, written as GLSL for the live page."""
