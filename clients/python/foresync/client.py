"""A device of a user: connect, report, open, listen."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

import grpc

from foresync.buffer import Buffer, Held
from foresync.device import MAX_ASKS, MAX_BATCHES, MAX_EVENTS, MAX_OPENED, Device
from foresync.digest import query_buckets
from foresync.errors import ForesyncError
from foresync.events import Event, Opened
from foresync.reach import channel_to, limit
from foresync.session import Session, is_final
from foresync.v1 import context_pb2, sync_pb2

Token = str | Callable[[], Awaitable[str]]
"""A bearer token, or what fetches a new one whenever one is needed."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
"""Seconds, at most, between two attempts to connect: each failure makes it half as long again."""
HEALTHY = 10.0
"""A connection that lived this long was a good one: the next wait is a first one again."""
_TYPES = {
    "viewed": context_pb2.ACTIVITY_TYPE_VIEWED,
    "edited": context_pb2.ACTIVITY_TYPE_EDITED,
    "created": context_pb2.ACTIVITY_TYPE_CREATED,
}


async def connect(
    endpoint: str,
    *,
    token: Token,
    spaces: Sequence[str],
    buffer: Buffer | None = None,
    ca: bytes | None = None,
    timeout: float = 30.0,
) -> Client:
    """
    Connects a device to `https://host:port` (or `http://`, which shows the token to whoever listens). Returns when what it
    holds is known to be current. Raises ForesyncError.
    """
    client = Client(channel_to(endpoint, ca), token, spaces, Buffer() if buffer is None else buffer)
    try:
        await client.live(timeout)
    except BaseException:
        await client.close()
        raise
    return client


class Client:
    """Made by `connect`. Stays connected by itself, with full jitter between attempts, until it is closed."""

    def __init__(self, channel: grpc.aio.Channel, token: Token, spaces: Sequence[str], buffer: Buffer) -> None:
        self._channel = channel
        self._token = token
        self._spaces = tuple(spaces)
        self._device = Device(buffer)
        self._session: Session | None = None
        self._running = asyncio.create_task(self._run())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None) -> None:
        await self.close()

    @property
    def state(self) -> str:
        """One of connecting, live, waiting, closed."""
        return self._device.state

    def report(self, kind: str, item: str, *, space: str | None = None, at: float | None = None) -> None:
        """
        Reports that the user `viewed`, `edited` or `created` an item. Returns at once; it is sent until the server has it.
        What waits is kept in memory: `flush` before the program ends.
        """
        if kind not in _TYPES:
            raise ForesyncError("FIELD_INVALID", f"kind is {kind!r}: it must be one of {', '.join(_TYPES)}", field="kind")
        self._add(space, context_pb2.Activity(type=_TYPES[kind], item=item, time_ms=_ms(at)))

    def searched(self, query: str, *, space: str | None = None, at: float | None = None) -> None:
        """Reports a search. Only keyed hashes of its words leave the device. Raises CLOSED before the first connection."""
        if not self._device.query_key:
            raise ForesyncError("CLOSED", "the key of query terms comes with the first connection")
        buckets = query_buckets(self._device.query_key, query)
        kind = context_pb2.ACTIVITY_TYPE_SEARCHED
        self._add(space, context_pb2.Activity(type=kind, query_buckets=buckets, time_ms=_ms(at)))

    async def open(self, space: str, item: str, timeout: float = 30.0) -> Opened:
        """
        Opens an item: at once if the device holds what is current, else when the server has sent it. Off line, what is held
        is shown with its age. Raises ITEM_UNKNOWN, CONTENT_CORRUPT, TIMEOUT, TOO_MANY_OPENS, …
        """
        held = self._device.buffer.get(space, item)
        if held is not None and self.state == "live" and not held.stale:
            return self._shown(held, zero_wait=True)
        if held is not None and self.state in ("waiting", "closed"):
            last = held.current if held.stale else max(held.current, self._device.last_live or 0)
            return self._shown(held, zero_wait=False, age=max(0.0, time.time() - last))
        return self._shown(await self._asked(space, item, timeout), zero_wait=False)

    async def flush(self, timeout: float = 30.0) -> None:
        """Returns when what was reported is durable, and the server has handled everything that was said before."""
        async with limit(timeout):
            async with self._device.changed:
                await self._device.changed.wait_for(lambda: not self._device.batches or self.state == "closed")
            while True:
                await self._when_live()
                if self._session is None:
                    continue
                try:
                    await self._session.barrier()
                    return
                except asyncio.CancelledError:
                    task = asyncio.current_task()
                    if task is not None and task.cancelling():
                        raise

    async def live(self, timeout: float = 30.0) -> None:
        """Returns when the client is connected and what it holds is known to be current."""
        async with limit(timeout):
            await self._when_live()

    def held(self, space: str, item: str) -> Held | None:
        """What the device holds of an item."""
        return self._device.buffer.get(space, item)

    async def events(self) -> AsyncIterator[Event]:
        """What happens from now on, until the client is closed. Beyond 1,024 that wait, the oldest go."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(MAX_EVENTS)
        self._device.listeners.add(queue)
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._device.listeners.discard(queue)

    async def close(self) -> None:
        """Ends the session. Whoever still waits gets CLOSED."""
        error = ForesyncError("CLOSED", "the client is closed")
        if self._session is not None:
            self._session.leave(error)
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self._stop(error)
        for queue in self._device.listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)
        await self._channel.close()

    async def _run(self) -> None:
        wait, refused = FIRST_WAIT, False
        while True:
            started = time.monotonic()
            await self._device.become("connecting")
            error, welcomed = await self._dial()
            renewable = error.code == "UNAUTHENTICATED" and not isinstance(self._token, str)
            if error.code in ("FORGOTTEN", "RESUME_TOKEN_FOREIGN"):
                # Of another user or device: the resume token, and then so is what is held.
                self._device.wipe()
            if is_final(error) and not (renewable and (welcomed or not refused)):
                await self._stop(error)
                return
            refused = renewable and not welcomed
            wait = FIRST_WAIT if welcomed and time.monotonic() - started > HEALTHY else wait
            await self._device.become("waiting", error)
            await asyncio.sleep(error.retry_after + random.uniform(0, wait))
            wait = min(LONGEST_WAIT, wait * 1.5)

    async def _dial(self) -> tuple[ForesyncError, bool]:
        try:
            token = self._token if isinstance(self._token, str) else await self._token()
        except Exception as failure:
            return ForesyncError("UNAVAILABLE", f"there is no token: {failure!r}"), False
        session = self._session = Session(self._device, self._channel, token, self._spaces)
        try:
            return await session.run(), session.welcomed
        finally:
            self._session = None

    async def _stop(self, error: ForesyncError) -> None:
        for ask in self._device.asks.values():
            if not ask.answer.done():
                ask.answer.set_exception(error)
        if self.state != "closed":
            await self._device.become("closed", error)

    async def _when_live(self) -> None:
        async with self._device.changed:
            await self._device.changed.wait_for(lambda: self.state in ("live", "closed"))
        if self.state == "closed":
            raise self._device.error or ForesyncError("CLOSED", "the client is closed")

    async def _asked(self, space: str, item: str, timeout: float) -> Held:
        """Everybody who waits for one item shares a request, which outlives a lost session."""
        if self.state == "closed":
            raise self._device.error or ForesyncError("CLOSED", "the client is closed")
        asked = (space, item) in self._device.asks
        ask = self._device.ask_for(space, item)
        if ask is None:
            raise ForesyncError("TOO_MANY_OPENS", f"more than {MAX_ASKS} items are waited for")
        if not asked and self._session is not None:
            self._session.ask(space, item)
        async with limit(timeout):
            return await asyncio.shield(ask.answer)

    def _shown(self, held: Held, *, zero_wait: bool, age: float | None = None) -> Opened:
        checkpoint, buffer = held.checkpoint, self._device.buffer
        if buffer.get(checkpoint.space, checkpoint.item) is held:
            buffer.touch(checkpoint.space, checkpoint.item)
        told = sync_pb2.Opened(space=checkpoint.space, item=checkpoint.item, data_hash=checkpoint.data_hash, zero_wait=zero_wait)
        self._device.opened.append(told)
        del self._device.opened[:-MAX_OPENED]
        self._nudge()
        return Opened(held.content, checkpoint, zero_wait, age)

    def _add(self, space: str | None, activity: context_pb2.Activity) -> None:
        if space is None and len(self._spaces) > 1:
            raise ForesyncError("FIELD_INVALID", "space is missing: the client follows several", field="space")
        batches = self._device.batches
        batches.append(context_pb2.ActivityBatch(space=space or self._spaces[0], activities=[activity]))
        if len(batches) > MAX_BATCHES:
            # The head may be under way: the one behind it goes.
            del batches[1]
        self._nudge()

    def _nudge(self) -> None:
        if self._session is not None:
            self._session.nudge()


def _ms(at: float | None) -> int:
    return int((time.time() if at is None else at) * 1000)
