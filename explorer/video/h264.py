"""H.264 by x264, as it is made where nobody chose a codec."""

from __future__ import annotations

# x264's fastest preset with three features back that pay on smooth pictures: arithmetic coding, the large
# transform and the filter against visible blocks.
SMOOTH = ["-preset", "ultrafast", "-x264-params", "cabac=1:8x8dct=1:deblock=0,0"]

KEYFRAME_INTERVAL = 250  # frames, the default of x264


def quality(preset: str, crf: int) -> list[str]:
    """Arguments of x264 for a preset and a constant quality."""
    return [*(SMOOTH if preset == "smooth" else ["-preset", preset]), "-crf", str(crf)]
