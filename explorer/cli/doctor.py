"""`explorer doctor`: is everything installed that explorer needs?"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from explorer.cli.console import print_line
from explorer.errors import DeviceError, ExplorerError

CUDA_HELP = (
    "no CUDA device for torch (training, --device cuda). With an NVIDIA card on Windows or Linux:\n"
    "            pip install --force-reinstall 'torch>=2.6,<2.14' --index-url https://download.pytorch.org/whl/cu126"
)


def doctor() -> None:
    """Show versions, device, folders and the encoders that make a frame here, and run a short self-test."""
    import imageio_ffmpeg
    import torch

    from explorer.audio.array_cache import cache_folder
    from explorer.experiments.runs.manifest import environment
    from explorer.files import explorations_folder
    from explorer.threads import usable_threads
    from explorer.video import encoders

    facts = environment()
    print_line(f"python      {facts['python']} on {facts['os']}")
    for name, version in facts["packages"].items():
        print_line(f"{name:<23} {version or 'missing'}")
    print_line(f"ffmpeg      {imageio_ffmpeg.get_ffmpeg_version()} (ships with imageio-ffmpeg)")
    print_line(f"cores       {usable_threads()} usable of {facts['cores']}")
    gpu = f"{facts['gpu']} (CUDA {facts['cuda']})" if torch.cuda.is_available() else CUDA_HELP
    print_line(f"device      {gpu}")
    for line in gpu_lines():
        print_line(line)
    print_line(f"encoders    {', '.join(encoders.working())}")
    print_line(f"cache       {cache_folder()}")
    print_line(f"runs        {explorations_folder()}")
    print_line(f"self-test   {_self_test()}")


def gpu_lines() -> list[str]:
    """A line for each adapter that wgpu reaches: its name for `--device`, its driver, whether it draws."""
    from explorer.rendering.devices import draft_precision
    from explorer.rendering.engines import CPU_WORK
    from explorer.rendering.gpu.adapters import adapters
    from explorer.rendering.gpu.trial import problem_of

    try:
        gpus = adapters()
    except DeviceError as error:
        return [f"gpu         {error}"]
    lines = []
    for adapter in gpus:
        kind = "draws in software, only when it is named" if adapter.is_software else adapter.kind
        problem = problem_of(adapter)
        if not problem:
            kind += f", a trial picture is right, drafts in {draft_precision(adapter)}"
        lines.append(f"gpu         {adapter}: {problem or kind}")
    if lines:
        lines.append(f"gpu         drawn on the CPU: {CPU_WORK}; all else on the GPU")
    return lines or ["gpu         none that wgpu reaches (Vulkan, Metal, Direct3D 12)"]


def _self_test() -> str:
    """Analyse, draw and encode a moment of the demo clip, and read the video back."""
    from explorer.audio import DEMO_CLIP
    from explorer.experiments import render
    from explorer.fields import CPPN
    from explorer.video import probe

    start = time.perf_counter()
    field, size = CPPN.preset("compact-4x3"), (160, 90)
    with tempfile.TemporaryDirectory() as folder:  # a search for flashes would take most of the time
        run = render(field, DEMO_CLIP, size=size, duration=1, explorations=Path(folder), flash_limit="off")
        frames = probe(run.video).frames
    if frames != 30:
        raise ExplorerError(f"the self-test failed: 30 frames were written and {frames} read back")
    seconds = time.perf_counter() - start
    return f"passed in {seconds:.1f} s (30 frames with sound, read back; the first on a machine compiles)"
