"""Weights of models that a formula gives, the same here and under TensorFlow. NumPy alone."""

import zlib

import numpy as np

YAMNET_LAYERS = (
    (1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512), *[(1, 512)] * 5, (2, 1024), (1, 1024),
)  # fmt: skip
VGGISH_FEATURES = (
    (0, (64, 1, 3, 3), True),
    (3, (128, 64, 3, 3), True),
    (6, (256, 128, 3, 3), False),
    (8, (256, 256, 3, 3), True),
    (11, (512, 256, 3, 3), False),
    (13, (512, 512, 3, 3), True),
)


OPENL3_CHANNELS = (64, 64, 128, 128, 256, 256, 512, 512)


def formula_weights():
    """A function of name and shape: normal numbers, seeded by the name, that keep signals alive."""

    def weights(name, shape):
        values = np.random.RandomState(zlib.crc32(name.encode())).standard_normal(shape).astype(np.float32)
        if name.endswith("running_var"):
            return np.abs(values) + np.float32(0.5)
        if len(shape) == 1:
            return values * np.float32(0.1) + np.float32(name.endswith("weight"))
        return values * np.float32(np.sqrt(2 / np.prod(shape[1:])))

    return weights


def yamnet_layers():
    """(name, kind, stride, shape of the kernel) of all convolutions."""
    yield "layer1.fused", "full", 2, (32, 1, 3, 3)
    before = 32
    for number, (stride, channels) in enumerate(YAMNET_LAYERS, 2):
        yield f"layer{number}.depthwise_conv", "depthwise", stride, (before, 1, 3, 3)
        yield f"layer{number}.pointwise_conv", "full", 1, (channels, before, 1, 1)
        before = channels


def openl3_layers():
    """(name of the normalization, name of the convolution, shape of its kernel, whether it pools before)."""
    before = 1
    for number, channels in enumerate(OPENL3_CHANNELS, 1):
        name = f"conv2d_{number}" if number < 8 else "audio_embedding_layer"
        yield f"batch_normalization_{number}", name, (channels, before, 3, 3), number in (3, 5, 7)
        before = channels


def openl3_patch():
    """Mel spectra of a second, as float32 decibels from -80 to 0: two waves across each other."""
    bands, frames = np.arange(256)[:, None], np.arange(199)
    return (-40 + 20 * np.sin(bands / 9) + 20 * np.cos(frames / 7 + bands / 50)).astype(np.float32)


def chirp(seconds=1.2, rate=16000):
    """A tone that rises from 100 to 7000 Hz, as float32."""
    times = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * (100 * times + 6900 * times**2 / (2 * seconds)))).astype(np.float32)
