"""Makes audioset.npz: answers of TensorFlow for YAMNet and VGGish with weights that a formula gives.

    python -m venv VENV && VENV/bin/pip install tensorflow-cpu && VENV/bin/python tests/data/models/golden.py

It was run once, with tensorflow-cpu 2.21. The formula stands in tests/audio/models/formula_weights.py too.
"""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).parents[2] / "audio" / "models"))
from formula_weights import VGGISH_FEATURES, chirp, formula_weights, yamnet_layers

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


def main():
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
