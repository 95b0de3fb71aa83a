"""Functions of tests in processes of their own, forked from one that has imported what they need."""

import os
from multiprocessing import get_all_start_methods, get_context

context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
context.set_forkserver_preload(
    ["explorer.experiments.entry", "explorer.audio", "tests.experiments.small", "distributed"]
)


def start(function, *arguments):
    """Call a function of a module in another process, in our folder and with our environment."""
    process = context.Process(target=_call, args=(function, arguments, os.getcwd(), dict(os.environ)))
    process.start()
    return process


def _call(function, arguments, folder, environment):
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    function(*arguments)
