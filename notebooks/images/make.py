"""Draw the pictures of the README and the guide: python notebooks/images/make.py"""

from pathlib import Path

import explorer as ex
from explorer.audio import DEMO_CLIP
from explorer.video import contact_sheet, save_image

HERE = Path(__file__).parent
MOMENTS = (1.0, 4.0, 7.0)


def looks() -> None:
    """Every look at three moments of the demo clip."""
    track = ex.analyze(DEMO_CLIP)
    names = [name for name, field in ex.CPPN.presets().items() if field.palette != "rgb"]
    frames = [ex.render_frame(ex.CPPN.preset(name), track, t, size="360p") for name in names for t in MOMENTS]
    labels = [f"{name}  {t:.0f} s" for name in names for t in MOMENTS]
    save_image(contact_sheet(frames, columns=6, labels=labels), HERE / "looks.jpg")


def patterns() -> None:
    """The four families at five moments of the demo clip."""
    track = ex.analyze(DEMO_CLIP)
    names = [name for name in ex.Patterns.presets() if name != "music"]
    moments = (0.4, 2.7, 5.0, 7.3, 9.6)
    fields = [ex.Patterns.preset(name) for name in names]
    frames = [ex.render_frame(field, track, t, size=(240, 240)) for field in fields for t in moments]
    labels = [f"{name}  {t:.1f} s" for name in names for t in moments]
    save_image(contact_sheet(frames, columns=len(moments), labels=labels), HERE / "patterns.jpg")


def julia() -> None:
    """Every Julia look at four moments of the demo clip."""
    moments = (0.4, 3.0, 6.2, 9.0)
    looks = ex.Julia.presets().items()
    pairs = [(field, field.analyze(DEMO_CLIP)) for _, field in looks]
    frames = [ex.render_frame(field, track, t, size=(320, 180)) for field, track in pairs for t in moments]
    labels = [f"{name}  {t:.1f} s" for name, _ in looks for t in moments]
    save_image(contact_sheet(frames, columns=len(moments), labels=labels), HERE / "julia.jpg")


def sketches() -> None:
    """The sketches that ship at three moments of the demo clip, the last one lit where it is a value."""
    track = ex.analyze(DEMO_CLIP)
    frames, labels = [], []
    for name in ("rosewindow", "weave", "tidepool", "dunes"):
        field = ex.load_look(name)
        for t in (2.0, 6.0):
            frames.append(ex.render_frame(field, track, t, size=(320, 180)))
            labels.append(f"{name}  {t:.0f} s")
        frames.append(ex.render_frame(field.replace(light=True, finish=True), track, 9.0, size=(320, 180)))
        labels.append(f"{name}  lit")
    save_image(contact_sheet(frames, columns=3, labels=labels), HERE / "sketches.jpg")


if __name__ == "__main__":
    looks()
    patterns()
    julia()
    sketches()
