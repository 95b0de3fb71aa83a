"""Drawing on any GPU through wgpu: which adapters there are, what is open on one, and the engine that draws.

wgpu is imported by this room alone, when a GPU is asked for.
"""
