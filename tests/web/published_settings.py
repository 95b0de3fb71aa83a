"""The published request that starts training, and settings that stand in for the real ones."""

from explorer.settings import Settings, knob

PUBLISHED_REQUEST = {  # as published
    "data_dir": "data/audio",
    "epochs": 1,
    "batch_size": 32,
    "learning_rate": 0.0001,
    "window_frames": 10,
    "include_delta": False,
    "include_delta_delta": False,
}


class PublishedSettings(Settings):
    """The published settings of training."""

    epochs: int = knob(30, low=1, high=10000, help="how often")
    batch_size: int = knob(4, low=1, high=256, help="how many")
    learning_rate: float = knob(2e-3, low=1e-6, high=1, help="how fast")
    window_frames: int = knob(10, low=1, high=120, help="how far back")
    include_delta: bool = knob(False, help="changes")
    include_delta_delta: bool = knob(False, help="changes of changes")
    hidden: tuple[int, ...] = (96, 96)
