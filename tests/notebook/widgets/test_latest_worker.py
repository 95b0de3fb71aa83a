"""Only the newest request counts, and never two are worked on at a time."""

import threading

import pytest

from explorer.errors import Stopped
from explorer.notebook.widgets.latest_worker import LatestWorker

PATIENCE = 20  # seconds until a test that hangs fails


class Work:
    """Work that waits until it is let go, and notes what it met."""

    def __init__(self):
        self.started, self.go = threading.Semaphore(0), threading.Semaphore(0)
        self.done, self.stale, self.running, self.most = [], [], 0, 0

    def __call__(self, request, stale):
        self.running += 1
        self.most = max(self.most, self.running)
        self.started.release()
        assert self.go.acquire(timeout=PATIENCE)
        self.running -= 1
        if stale():
            self.stale.append(request)
            raise Stopped("stale")
        self.done.append(request)

    def await_start(self):
        assert self.started.acquire(timeout=PATIENCE)


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def failures():
    return []


@pytest.fixture
def worker(work, failures):
    worker = LatestWorker(work, failures.append)
    yield worker
    work.go.release(1000)
    worker.close()


def test_200_messages_become_two_drawings(worker, work):
    worker.submit(0)
    work.await_start()
    for request in range(1, 200):
        worker.submit(request)
    work.go.release(2)
    assert worker.wait(PATIENCE)
    assert (work.stale, work.done, work.most) == ([0], [199], 1)


def test_requests_from_many_threads_never_overlap_and_the_last_one_is_drawn(worker, work):
    work.go.release(1000)
    threads = [threading.Thread(target=lambda: [worker.submit(n) for n in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.submit("last")
    assert worker.wait(PATIENCE)
    assert work.most == 1
    assert work.done[-1] == "last"


def test_an_error_is_reported_and_the_next_request_is_drawn(failures):
    drawn = []

    def draw(request, stale):
        if request == "bad":
            raise ValueError("no picture")
        drawn.append(request)

    worker = LatestWorker(draw, failures.append)
    worker.submit("bad")
    assert worker.wait(PATIENCE)
    worker.submit("good")
    assert worker.wait(PATIENCE)
    worker.close()
    assert [str(error) for error in failures] == ["no picture"]
    assert drawn == ["good"]


def test_a_listener_that_fails_does_not_end_the_thread():
    def fail(*_):
        raise RuntimeError("gone")

    worker = LatestWorker(fail, fail)
    worker.submit(1)
    assert worker.wait(PATIENCE)
    worker.submit(2)
    assert worker.wait(PATIENCE)
    worker.close()


def test_close_makes_the_work_stale_and_ends_the_thread(worker, work):
    worker.submit(1)
    work.await_start()
    closing = threading.Thread(target=worker.close)
    closing.start()
    work.go.release()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert work.done == []
    worker.submit(2)  # nothing happens after the end
    assert worker.wait(0)
    assert not any(thread.name == "explorer-latest" for thread in threading.enumerate())


def test_the_work_itself_may_close():
    ended = threading.Event()

    def draw(request, stale):
        worker.close()
        ended.set()

    worker = LatestWorker(draw, lambda error: None)
    worker.submit(1)
    assert ended.wait(PATIENCE)
    worker.close()


def test_wait_returns_false_when_the_time_was_too_short(worker, work):
    worker.submit(1)
    work.await_start()
    assert not worker.wait(0)
    work.go.release()
    assert worker.wait(PATIENCE)
