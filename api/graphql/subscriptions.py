"""What a client is told as it happens: the steps of an evaluation, and each new version of the graph."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry
from starlette.concurrency import run_in_threadpool
from strawberry.scalars import JSON
from strawberry.types import Info

from api.graphql.live import LiveWindows
from api.graphql.scenarios import Step, evaluate
from api.graphql.statistics import Statistics, statistics
from api.problems import RefusedError

LONGEST_PAUSE = 10_000  # milliseconds


@strawberry.type(description="Be told as it happens, over `graphql-transport-ws` or as server-sent events.")
class Subscription:
    """The root of subscriptions."""

    @strawberry.subscription(
        description="The steps of the verdict on a scenario, one by one, as a story is told."
    )
    async def steps(
        self,
        info: Info[LiveWindows, None],
        scenario: Annotated[JSON, strawberry.argument(description="As in `evaluate`.")],
        pause: Annotated[
            int, strawberry.argument(description=f"Milliseconds between two steps, up to {LONGEST_PAUSE}.")
        ] = 0,
    ) -> AsyncGenerator[Step, None]:
        if not 0 <= pause <= LONGEST_PAUSE:
            raise RefusedError("BAD_INPUT", f"`pause` is {pause}: from 0 to {LONGEST_PAUSE}", path="pause")
        verdict = await run_in_threadpool(evaluate, info.context, scenario)
        for step in await run_in_threadpool(verdict.steps):
            yield step
            await asyncio.sleep(pause / 1000)

    @strawberry.subscription(description="What is in the graph: now, and again each time it has changed.")
    async def graph(self, info: Info[LiveWindows, None]) -> AsyncGenerator[Statistics, None]:
        async for windows in info.context.changes():
            yield statistics(windows.snapshot)
