"""Experiments: recipes rendered into folders, sweeps over them, reports, and the library of both.

Names are loaded when they are first used: a render needs neither tables nor sweeps, nor what those load.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
