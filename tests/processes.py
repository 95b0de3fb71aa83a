"""Functions of tests in processes of their own, forked from one that has imported what they need."""

import itertools
import os
import signal
import sys
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
context.set_forkserver_preload(
    ["explorer.experiments.entry", "explorer.audio", "tests.experiments.small", "distributed"]
)


def start(function, *arguments, **variables):
    """Call a function of a module in another process, in our folder and with our environment and more."""
    environment = {**os.environ, **variables}
    process = context.Process(target=_call, args=(function, arguments, os.getcwd(), environment))
    process.start()
    return process


def start_and_kill(at, name, function, *arguments):
    """Call a function in another process, which dies instead of giving the `at`-th file whose path has `name`
    in it its final name.
    """
    process = start(_call_and_die, at, name, function, arguments)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def _call_and_die(at, name, function, arguments):
    replace, numbers = os.replace, itertools.count(1)

    def dying(source, target):
        if name in str(target) and next(numbers) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)

    os.replace = dying
    function(*arguments)


def start_command(folder, *arguments, **variables):
    """`explorer ARGUMENTS` in a folder and another process; its messages go to `stderr.txt` there."""
    return start(_command, folder, [str(argument) for argument in arguments], **variables)


def _command(folder, arguments):
    from explorer.cli import main

    os.chdir(folder)
    for stream, path in ((1, os.devnull), (2, "stderr.txt")):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    sys.exit(main(arguments))


def error_lines(folder):
    """What the last command in a folder wrote on stderr."""
    return Path(folder, "stderr.txt").read_text().strip().splitlines()


def _call(function, arguments, folder, environment):
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    function(*arguments)
