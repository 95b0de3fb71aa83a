"""`explorer demo`: the whole way from sound to video on the clip that ships with the project."""

from __future__ import annotations

from explorer.cli.console import print_line
from explorer.cli.options import Explorations
from explorer.cli.output_paths import new_folders
from explorer.cli.render import announce
from explorer.progress_bar import ProgressBar

LOOK = "rosette"  # shows the sound plainly, and flashes so little that the limiter barely dims it


def demo(explorations: Explorations = None) -> None:
    """Make a first video, without input or network; the first run compiles, which takes a minute or more."""
    from explorer.audio import DEMO_CLIP
    from explorer.experiments import render
    from explorer.fields.cppn import CPPN

    print_line(f"drawing the look '{LOOK}' to {DEMO_CLIP.name} (tabla loop by lezaarth, CC0)")
    with new_folders(explorations), ProgressBar() as progress:
        run = render(
            CPPN.preset(LOOK),
            DEMO_CLIP,
            size="720p",
            fps=30,
            explorations=explorations,
            progress=progress,
        )
    announce(run)
    print_line("next        explorer render YOUR_SONG.ogg   or   explorer lab")
