"""Models that drive Julia sets with music: training, evaluation on other music, export to ONNX."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
