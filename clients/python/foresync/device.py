"""What outlives a session."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from foresync.buffer import Buffer, Held, Key
from foresync.errors import ForesyncError
from foresync.events import Connection, Event
from foresync.v1 import checkpoint_pb2, context_pb2, sync_pb2

MAX_BATCHES = 4096
"""Activity batches that wait to become durable; beyond them the oldest goes."""
MAX_ASKS = 1024
"""Items that are asked for at a time; beyond them nothing is asked for again that nobody waits for."""
MAX_OPENED = 8192
"""Opens that wait to be told; beyond them the oldest goes."""
MAX_EVENTS = 1024
"""Events that wait for one listener; beyond them its oldest go."""


@dataclass
class Ask:
    """A content is asked for, mostly because somebody waits for it."""

    answer: asyncio.Future[Held]
    id: int = 0
    tries: int = 0


@dataclass
class Device:
    """The parts of a client that its sessions share."""

    buffer: Buffer
    batches: deque[context_pb2.ActivityBatch] = field(default_factory=deque)
    """The one at the head is, or will be, number `sequence + 1`."""
    sequence: int | None = None
    """Last batch of this device that is durable; None until the first Welcome."""
    asks: dict[Key, Ask] = field(default_factory=dict)
    opened: list[sync_pb2.Opened] = field(default_factory=list)
    """To be told with the next Ack."""
    evicted: list[sync_pb2.Held] = field(default_factory=list)
    query_key: bytes = b""
    state: str = "connecting"
    error: ForesyncError | None = None
    """Why the connection ended last, or for good."""
    last_live: float | None = None
    listeners: set[asyncio.Queue[Event | None]] = field(default_factory=set)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    """Notified when the state changed, or a batch became durable."""

    def ask_for(self, space: str, item: str) -> Ask | None:
        """What is asked for an item, begun if need be. None if there are too many."""
        key = (space, item)
        ask = self.asks.get(key)
        if ask is not None or len(self.asks) >= MAX_ASKS:
            return ask
        ask = self.asks[key] = Ask(asyncio.get_running_loop().create_future())
        ask.answer.add_done_callback(lambda answer: self._answered(key, answer))
        return ask

    def wipe(self, space: str | None = None) -> None:
        """Drops everything, of one space or of all: what is held, and activity that waits."""
        self.buffer.wipe(space)
        self.batches = deque(batch for batch in self.batches if space not in (None, batch.space))

    def publish(self, event: Event) -> None:
        """Tells everybody who listens at this moment."""
        for queue in self.listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    async def become(self, state: str, error: ForesyncError | None = None) -> None:
        """Changes the state of the connection."""
        if self.state == "live":
            self.last_live = time.time()
        self.state, self.error = state, error or self.error
        self.publish(Connection(state, error))
        await self.notify()

    async def notify(self) -> None:
        """Somebody who waits looks again."""
        async with self.changed:
            self.changed.notify_all()

    def hold(self, checkpoint: checkpoint_pb2.Checkpoint, content: bytes) -> Held:
        """Holds a verified content as current, and notes what had to go."""
        held = Held(checkpoint, content, time.time())
        self.evicted += [told(gone.checkpoint) for gone in self.buffer.put(held)]
        return held

    def forget(self, held: Held | None) -> None:
        """Notes that a content went."""
        if held is not None:
            self.evicted.append(told(held.checkpoint))

    def _answered(self, key: Key, answer: asyncio.Future[Held]) -> None:
        self.asks.pop(key, None)
        if not answer.cancelled():
            # Looked at, for there may be nobody who waits.
            answer.exception()


def told(checkpoint: checkpoint_pb2.Checkpoint) -> sync_pb2.Held:
    """A content as an Ack names it."""
    return sync_pb2.Held(space=checkpoint.space, item=checkpoint.item, data_hash=checkpoint.data_hash)
