"""Makes audioset.npz and openl3.npz: answers of TensorFlow for the models, with weights that a formula gives.

    python -m venv VENV && VENV/bin/pip install tensorflow-cpu && VENV/bin/python tests/data/models/golden.py

It was run once, with tensorflow-cpu 2.21. The formula stands in tests/audio/models/formula_weights.py too.
"""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).parents[2] / "audio" / "models"))
from formula_weights import (
    VGGISH_FEATURES,
    chirp,
    formula_weights,
    openl3_layers,
    openl3_patch,
    yamnet_layers,
)

layers = tf.keras.layers


def log_mel(samples, offset):
    """As in yamnet/features.py."""
    magnitudes = tf.abs(tf.signal.stft(samples, 400, 160, 512))
    bands = tf.signal.linear_to_mel_weight_matrix(64, 257, 16000, 125.0, 7500.0)
    return tf.math.log(tf.matmul(magnitudes, bands) + offset).numpy()


def norm(image, name, weights):
    """A batch normalization with the formula's weights, from (scale, offset, mean, variance)."""
    scale, offset, mean, variance = (
        weights(f"{name}.bn.{part}") for part in ("weight", "bias", "running_mean", "running_var")
    )
    return tf.nn.relu(tf.nn.batch_normalization(image, mean, variance, offset, scale, 1e-4))


def yamnet(patches):
    image = patches[..., None]
    state = formula_weights()
    for name, kind, stride, shape in yamnet_layers():
        kernel = state(f"{name}.conv.weight", shape)
        if kind == "depthwise":
            taps = kernel.transpose(2, 3, 0, 1)
            image = tf.nn.depthwise_conv2d(image, taps, [1, stride, stride, 1], "SAME")
        else:
            image = tf.nn.conv2d(image, kernel.transpose(2, 3, 1, 0), stride, "SAME")
        image = norm(image, name, lambda part, size=shape[0]: state(part, (size,)))
    embedding = tf.reduce_mean(image, (1, 2))
    logits = embedding @ state("classifier.weight", (521, 1024)).T + state("classifier.bias", (521,))
    return tf.sigmoid(logits).numpy(), embedding.numpy()


def vggish_convolutions(patches):
    image = patches[..., None]
    state = formula_weights()
    for number, shape, is_pooled in VGGISH_FEATURES:
        kernel = state(f"features.{number}.weight", shape).transpose(2, 3, 1, 0)
        bias = state(f"features.{number}.bias", shape[:1])
        image = tf.nn.relu(tf.nn.conv2d(image, kernel, 1, "SAME") + bias)
        image = tf.nn.max_pool2d(image, 2, 2, "SAME") if is_pooled else image
    return image.numpy()


def openl3_mel(samples):
    """As in kapre 0.1.4, by which OpenL3 was trained: HTK's mels, triangles along hertz, "same" padding."""
    total = (199 - 1) * 242 + 2048 - len(samples)
    spectra = tf.signal.stft(np.pad(samples, (total // 2, total - total // 2)), 2048, 242, 2048)
    top = 2595 * np.log10(1 + 24000 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, 258) / 2595) - 1)
    hertz = np.arange(1025)[:, None] * 48000 / 2048
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.maximum(0, np.minimum((hertz - low) / (middle - low), (high - hertz) / (high - middle)))
    bands = (triangles * 2 / (high - low)).astype(np.float32)
    amplitude = tf.sqrt(tf.matmul(tf.square(tf.abs(spectra)), bands))
    decibels = 10 * tf.math.log(tf.maximum(amplitude, 1e-10)) / np.log(10).astype(np.float32)
    return tf.maximum(decibels - tf.reduce_max(decibels), -80.0).numpy().T


def openl3(spectra):
    image = spectra[None, ..., None]
    state = formula_weights()
    for number, (norm_name, name, shape, is_pooled) in enumerate(openl3_layers(), 1):
        parts = [f"{norm_name}.{part}" for part in ("running_mean", "running_var", "bias", "weight")]
        image = tf.nn.batch_normalization(image, *(state(part, shape[1:2]) for part in parts), 1e-3)
        image = tf.nn.relu(image) if number > 1 else image
        image = tf.nn.max_pool2d(image, 2, 2, "VALID") if is_pooled else image
        kernel = state(f"{name}.weight", shape).transpose(2, 3, 1, 0)
        image = tf.nn.conv2d(image, kernel, 1, "SAME") + state(f"{name}.bias", shape[:1])
    pooled = tf.nn.max_pool2d(image, (32, 24), (32, 24), "SAME")
    return tf.reshape(pooled, (1, -1)).numpy()


def main():
    second = chirp(1.0, 48000)
    mels = openl3_mel(second)
    np.savez_compressed(
        Path(__file__).with_name("openl3.npz"), mels=mels[::4, ::8], embedding=openl3(openl3_patch())
    )
    spectra = log_mel(chirp(), 0.001)
    patches = spectra[:96][None]
    scores, embedding = yamnet(patches)
    features = vggish_convolutions(log_mel(chirp(), 0.01)[:96][None])
    np.savez_compressed(
        Path(__file__).with_name("audioset.npz"),
        log_mel=spectra[:96],
        scores=scores,
        embedding=embedding,
        vggish_features=features[..., ::16],
    )


main()
