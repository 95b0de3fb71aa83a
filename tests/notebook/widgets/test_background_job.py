"""A job reports its progress, and ends with a result or an error."""

import explorer.notebook.widgets.background_job as job_module
from explorer.errors import Stopped
from explorer.notebook.widgets.background_job import BackgroundJob

PATIENCE = 60


def test_a_job_reports_step_share_and_time_left(monkeypatch):
    clock = iter([0.0, 0.0, 10.0, 10.05, 20.0])
    monkeypatch.setattr(job_module.time, "monotonic", lambda: next(clock))
    states = []

    def work(progress):
        for done in (0, 0, 1, 2, 4):
            progress("drawing", done, 4)
        raise Stopped("x")

    assert BackgroundJob(work, states.append).wait(PATIENCE)
    assert [(state.share, state.seconds_left) for state in states[:-1]] == [(0.25, 30.0), (1.0, 0.0)]
    assert states[-1].error.startswith("stopped")


def test_an_unexpected_error_ends_in_a_line():
    states = []
    assert BackgroundJob(lambda progress: 1 / 0, states.append).wait(PATIENCE)
    assert states[-1].error == "ZeroDivisionError: division by zero"
