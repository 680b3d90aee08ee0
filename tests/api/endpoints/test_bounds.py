"""Requests at once, and the time of each."""

import asyncio

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from api.endpoints.bounds import Bounds


class Slow:
    """Answers when it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.asked = asyncio.Semaphore(0)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.asked.release()
        if scope["path"] != "/healthz":
            await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


def client(app: Bounds) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://here")


def test_more_at_once_than_admitted_come_again() -> None:
    async def run() -> None:
        slow = Slow()
        bounds = Bounds(slow, most=2, seconds=30)
        async with client(bounds) as ask:
            first = [asyncio.create_task(ask.get("/x")) for _ in range(2)]
            await slow.asked.acquire()
            await slow.asked.acquire()
            refused, health = await ask.get("/x"), await ask.get("/healthz")
            slow.go.set()
            answered = await asyncio.gather(*first)
            after = await ask.get("/x")

        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json()["code"] == "UNAVAILABLE"
        assert health.status_code == 200
        assert [each.text for each in answered] == ["done", "done"]
        assert after.status_code == 200
        assert bounds.running == 0

    asyncio.run(run())


def test_an_answer_that_does_not_begin_in_time_is_given_up() -> None:
    async def run() -> None:
        slow = Slow()
        bounds = Bounds(slow, most=2, seconds=0.01)
        async with client(bounds) as ask:
            asked = asyncio.create_task(ask.get("/x"))
            await slow.asked.acquire()
            await asyncio.sleep(0.05)
            assert bounds.running == 1, "the work goes on, and counts"
            slow.go.set()
            answer = await asked

        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert "0.01 seconds" in answer.json()["detail"]
        assert bounds.running == 0

    asyncio.run(run())


def test_an_answer_that_has_begun_may_take_its_time() -> None:
    async def trickle(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.05)
        await send({"type": "http.response.body", "body": b"late"})

    async def run() -> None:
        async with client(Bounds(trickle, most=1, seconds=0.01)) as ask:
            assert (await ask.get("/x")).text == "late"

    asyncio.run(run())


def test_what_fails_makes_room_for_the_next() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ValueError

    async def run() -> None:
        bounds = Bounds(broken, most=1, seconds=1)
        async with client(bounds) as ask:
            for _ in range(3):
                with pytest.raises(ValueError):  # noqa: PT011 - ours, raised above
                    await ask.get("/x")
        assert bounds.running == 0

    asyncio.run(run())
