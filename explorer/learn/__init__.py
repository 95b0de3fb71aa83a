"""Models that move Julia sets with music: trained, proven on music not trained on, exported to ONNX."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
