"""Frames <-> files: MP4 with sound, stills, contact sheets; reading a video back."""

from explorer.video.axes import axes_sheet
from explorer.video.clip import open_clip
from explorer.video.decode import VideoInfo, probe, read_comment, read_frames
from explorer.video.encode import VideoWriter
from explorer.video.h264 import EncoderSettings
from explorer.video.sheet import contact_sheet
from explorer.video.stills import PngSequence, save_image

__all__ = [
    "EncoderSettings",
    "PngSequence",
    "VideoInfo",
    "VideoWriter",
    "axes_sheet",
    "contact_sheet",
    "open_clip",
    "probe",
    "read_comment",
    "read_frames",
    "save_image",
]
