"""Stands in for `python -m explorer`: writes the files that training writes, as fast as requested.

Its first argument is what to do; then come the arguments that it is started with.
"""

import os
import sys
import time
from pathlib import Path

import psutil
from PIL import Image

from explorer.experiments.runs import manifest
from explorer.files import new_folder, write_json


def main(manner, *arguments):
    if manner == "crash":
        sys.stdout.write("listening to the sounds\n")
        sys.stdout.flush()
        raise RuntimeError("the machine is on fire")
    if manner == "bar":
        sys.stderr.write("explorer: training 0%\n")
    if "--resume" in arguments:
        folder = Path(arguments[arguments.index("--resume") + 1])
        (folder / "stop").unlink()
    else:
        folder = new_folder(Path(arguments[arguments.index("--explorations") + 1]), "train")
        write_json(folder / "settings.json", {})
    log = {"kind": "train", "status": "running", **manifest.process_facts(), "arguments": arguments}
    manifest.write(folder, log)
    if manner == "killed":
        write_json(folder / "progress.json", {"status": "running", "epoch": 1, "epochs": 3})
        os._exit(9)
    (folder / "history.csv").write_text("epoch,loss,validation\n1,2.5,3\n2,1.5,nan\n")
    epochs = 10**9 if manner in ("long", "bar") else 3
    for epoch in range(epochs):
        progress = {
            "epoch": epoch,
            "epochs": epochs,
            "step": 10 * epoch,
            "loss": 1 / (1 + epoch),
            "seconds": 1.0,
        }
        progress |= {"phase": "training", "share": epoch / epochs, "seconds_left": 2.0}
        Image.new("RGB", (8, 8), (epoch % 256, 0, 0)).save(folder / "preview.jpg")
        write_json(folder / "progress.json", {"status": "running", **progress})
        watcher = int(arguments[arguments.index("--ends-with") + 1])
        if (folder / "stop").exists() or not psutil.pid_exists(watcher):
            break
        time.sleep(0.02)
    write_json(folder / "proof.json", {"tracks": ["a.wav"], "windows": 1, "pairs": {}})
    write_json(folder / "model.json", {})
    for name in ("proof.png", "sheet.jpg"):
        Image.new("RGB", (8, 8), (0, 0, 255)).save(folder / name)
    status = "done" if epoch == epochs - 1 else "stopped"
    write_json(folder / "progress.json", {"status": status, **progress})
    manifest.write(folder, {**log, "status": status})


if __name__ == "__main__":
    main(*sys.argv[1:])
