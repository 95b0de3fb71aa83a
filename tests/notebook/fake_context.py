"""A context without a panel: parts of the panel are tested at it one by one."""

from explorer.audio import analyze
from explorer.fields import CPPN
from tests import signals

FIELD = CPPN(hidden=4, layers=2, gain=4.0, seed=16)  # without flashes: these take a search


class FakeContext:
    """Notes what is loaded, and the errors of handlers, which ipywidgets would hide."""

    flash_limit = "calm"

    def __init__(self, folder, field=FIELD, seconds=2.0):
        self.audio = signals.write_wav(folder / "song.wav", signals.music(seconds))
        self.track = analyze(self.audio)
        self.explorations, self.device = folder / "runs", "cpu"
        self.field, self.start, self.t = field, field, 0.5
        self.loaded, self.failures = [], []

    def load(self, field, t=None, as_reset_point=False, start=None):
        self.field = field
        self.loaded.append((field, t, as_reset_point))

    def handler(self, action):
        def handler(*_):
            try:
                action()
            except Exception as error:
                self.failures.append(error)

        return handler

    @property
    def messages(self):
        """What went wrong, in words."""
        return [str(error) for error in self.failures]

    def fail(self, error):
        self.failures.append(error)
