"""The API: right and wrong requests from its own OpenAPI, names of Python objects, random networks."""

import json
import math
import random
from contextlib import suppress
from functools import partial
from unittest import SkipTest

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from pydantic import BaseModel

from explorer.fields import CPPN
from tests.campaigns.isolation import Figures, peak_memory_mb
from tests.web.model_files import make_model
from tests.web.published_settings import PUBLISHED_REQUEST
from tests.web.test_api import make_client  # noqa: F401  fixture

JSON = {"content-type": "application/json"}
OWN = {"host": "127.0.0.1:8000"}
ENDLESS = "/api/train/events"
BODIES = {"/api/train/start": PUBLISHED_REQUEST, "/api/fields": {"settings": {"kind": "cppn", "hidden": 4}}}
NAMES = sorted({"self", "cls", "settings", *dir(object), *dir(BaseModel), *dir(CPPN), *dir(FastAPI)})
HOSTILE = [
    None,
    True,
    -1,
    10**300,
    1e308,
    math.nan,
    math.inf,
    "x" * 5000,
    "\x00",
    "0:1,1:2",
    [[]],
    {"self": 1},
]
VALUES = [1, None, "x", [], {}, {"self": 1}]


def objects(body):
    """All objects in a body, the body itself included."""
    if isinstance(body, dict):
        yield body
        for value in body.values():
            yield from objects(value)


def record(figures, case, request, check):
    """Count an answer; one that breaks a promise is a problem."""
    before = peak_memory_mb(reset=True)
    try:
        answer = request()
        check(answer)
    except Exception as error:
        figures.add(case, {"outcome": "error", "detail": f"{type(error).__name__}: {error}"[:500]})
        return
    outcome = "result" if answer.status_code < 400 else "refusal"
    figures.add(case, {"outcome": outcome, "memory_mb": peak_memory_mb() - before})


def send_generated(client, figures, count, number):
    """`count` requests of each kind for each operation; returns the kinds that there are."""
    import schemathesis  # takes a second, in every process that collects tests
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    promises = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    every_mode = list(schemathesis.GenerationMode)
    schema = schemathesis.openapi.from_asgi("/openapi.json", client.app, headers=OWN)
    bounded = settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    kinds = set()
    for result in schema.exclude(path=ENDLESS).get_all_operations():
        operation = result.ok()
        for mode in (
            every_mode if operation.body else [schemathesis.GenerationMode.POSITIVE]
        ):  # any text is a path

            @seed(number)
            @bounded
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case):
                name = f"{case.method} {case.formatted_path} {case.query} {str(case.body)[:200]}"
                check = partial(case.validate_response, checks=promises)
                record(figures, name, partial(case.call, headers=OWN), check)

            with suppress(Unsatisfiable, SkipTest):  # nothing about it can be wrong
                send()
                kinds.add((operation.path, mode))
    return kinds


def send_names(client, figures, names, rng):
    """Each name as a further one in each object of each body: 422. As part of an address: 404."""
    for path, body in BODIES.items():
        for place in range(len(list(objects(body)))):
            for name in names:
                changed = json.loads(json.dumps(body))
                target = list(objects(changed))[place]
                if name in target or (name in CPPN.model_fields and target is not changed):
                    continue
                target[name] = rng.choice(VALUES)
                expect(figures, 422, f"POST {path} {changed}", partial(client.post, path, json=changed))
    for name in names:
        for path in (f"/api/models/{name}", f"/api/models/{name}/onnx", f"/api/fields/{name}"):
            expect(figures, 404, f"GET {path}", partial(client.get, path))


def send_networks(client, figures, count, rng):
    """Settings of networks, of which every third is hostile: a network, or 422."""
    for _ in range(count):
        chosen = rng.sample(sorted(CPPN.knobs().items()), rng.randrange(1, 6))
        values = {
            name: rng.choice(HOSTILE) if rng.random() < 0.3 else valid(knob, rng) for name, knob in chosen
        }
        body = {"settings": {"kind": "cppn", "hidden": rng.randrange(1, 9), **values}}

        def check(answer):
            assert answer.status_code in (200, 422), answer.text[:200]
            assert answer.status_code == 200 or "\n" not in answer.json()["detail"]

        content = json.dumps(body).encode()  # with NaN, which no JSON has
        request = partial(client.post, "/api/fields", content=content, headers=JSON)
        record(figures, f"POST /api/fields {str(body)[:200]}", request, check)


def valid(knob, rng):
    """A value that a knob allows."""
    if knob.choices:
        return rng.choice(knob.choices)
    if knob.low is None or knob.high is None:
        return knob.default
    return rng.randint(int(knob.low), int(knob.high)) if knob.is_integer else rng.uniform(knob.low, knob.high)


def expect(figures, status, case, request):
    def check(answer):
        assert answer.status_code == status, f"{answer.status_code} {answer.text[:200]}"
        assert "\n" not in answer.json()["detail"]

    record(figures, case, request, check)


def campaign(client, folder, count, names, number=0):
    whole, damaged = "train_20260101T000000Z_aaaaaa", "train_20260102T000000Z_bbbbbb"
    for name in (whole, damaged):
        make_model(folder / name)
    (folder / damaged / "model.json").write_text("[")
    (folder / damaged / "manifest.json").write_text('{"status": {}, "error": 5}')
    figures, rng = Figures(), random.Random(number)
    kinds = send_generated(client, figures, count, number)
    send_names(client, figures, rng.sample(NAMES, min(names, len(NAMES))), rng)
    send_networks(client, figures, 8 * count, rng)
    assert client.get("/api/health").json()["models"] == 2
    return figures, kinds


def test_api(make_client, tmp_path):  # noqa: F811
    figures, kinds = campaign(make_client("crash"), tmp_path / "runs", 2, 4)
    assert figures.problems == []
    assert len(kinds) >= 12
    assert min(figures.outcomes["result"], figures.outcomes["refusal"]) > 5


@pytest.mark.campaign
def test_2000_requests(make_client, tmp_path, capsys):  # noqa: F811
    figures, _ = campaign(make_client("crash"), tmp_path / "runs", 100, len(NAMES))
    with capsys.disabled():
        print(f"\n{figures.line('API')}", *figures.problems, sep="\n  ")
    assert figures.problems == []
