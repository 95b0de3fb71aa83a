from .devices import Device as Device
from .devices import resolve as resolve
from .frames import RESOLUTIONS as RESOLUTIONS
from .frames import FrameSettings as FrameSettings
from .frames import parse_fps as parse_fps
from .frames import parse_size as parse_size
from .renderer import Renderer as Renderer
from .renderer import render_frame as render_frame
