"""Draw the pictures of README.md anew: python notebooks/images/make.py"""

from pathlib import Path

import explorer as ex
from explorer.audio import DEMO_CLIP
from explorer.fields.cppn import PRESETS
from explorer.video import contact_sheet, save_image

HERE = Path(__file__).parent
MOMENTS = (1.0, 4.0, 7.0)


def looks() -> None:
    """Every look at three moments of the demo clip."""
    track = ex.analyze(DEMO_CLIP)
    names = [name for name, field in PRESETS.items() if field.palette != "rgb"]
    frames = [ex.render_frame(PRESETS[name], track, t, size="360p") for name in names for t in MOMENTS]
    labels = [f"{name}  {t:.0f} s" for name in names for t in MOMENTS]
    save_image(contact_sheet(frames, columns=6, labels=labels), HERE / "looks.jpg")


if __name__ == "__main__":
    looks()
