"""What a session says, a frame at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from foresync.device import Device
from foresync.errors import error_of_status
from foresync.events import Refused
from foresync.landing import Landing
from foresync.v1 import sync_pb2

MAX_EVENTS = 256
"""Of a frame; two are left for an Ack and a batch."""
RETRY_SECONDS = 1.0
"""How long a batch that the server could not store waits before it is sent again."""
FRAME_BYTES = 512 * 1024
"""Of a frame's 1 MiB; the rest is for an Ack, a batch, and for one event more."""
MAX_TOLD, MAX_REJECTED = 1024, 64
"""Of an Ack."""


class Uplink:
    """Single events in their order, then what was stored, opened and dropped, then an activity batch."""

    def __init__(self, device: Device, landing: Landing, hello: sync_pb2.ClientEvent, nudge: Callable[[], None]) -> None:
        self.said = [hello]
        self.handled = 0
        """The last delivery that was handled."""
        self.in_flight = 0
        """The batch that waits to become durable; 0 if none does."""
        self.welcomed = False
        self._device = device
        self._landing = landing
        self._nudge = nudge
        self._acked = 0

    def frame(self) -> list[sync_pb2.ClientEvent]:
        """What goes next; empty if there is nothing to say."""
        size = count = 0
        while count < len(self.said[: MAX_EVENTS - 2]) and size < FRAME_BYTES:
            size, count = size + self.said[count].ByteSize(), count + 1
        frame, self.said = self.said[:count], self.said[count:]
        # What an Ack tells happened after what a manifest that still waits tells.
        if self.welcomed and not self.said:
            frame += self._ack() + self._batch()
        return frame

    async def durable(self, sequence: int) -> None:
        """Every batch up to this number is."""
        device = self._device
        # A device that starts anew is told where its numbers stand: nothing of this run has had one.
        done = 0 if device.sequence is None else max(0, sequence - device.sequence)
        for _ in range(min(done, len(device.batches))):
            device.batches.popleft()
        device.sequence, self.in_flight = sequence, 0
        await device.notify()

    async def refused(self, refusal: sync_pb2.Refusal) -> None:
        """The batch under way, or another event, was refused."""
        device, error = self._device, error_of_status(refusal.status)
        if error.code == "SEQUENCE_GAP":
            device.sequence, self.in_flight = int(error.facts.get("expected", "1")) - 1, 0
            return
        device.publish(Refused(error))
        if not refusal.activity_sequence or not device.batches:
            return
        if error.retryable:
            asyncio.get_running_loop().call_later(error.retry_after + RETRY_SECONDS, self._again)
            return
        # The number is free again: the next batch gets it.
        device.batches.popleft()
        self.in_flight = 0
        await device.notify()

    def _again(self) -> None:
        self.in_flight = 0
        self._nudge()

    def _ack(self) -> list[sync_pb2.ClientEvent]:
        device, rejected = self._device, self._landing.rejected
        if not (self.handled > self._acked or device.opened or device.evicted or rejected):
            return []
        opened, device.opened = device.opened[:MAX_TOLD], device.opened[MAX_TOLD:]
        evicted, device.evicted = device.evicted[:MAX_TOLD], device.evicted[MAX_TOLD:]
        self._landing.rejected, self._acked = rejected[MAX_REJECTED:], self.handled
        ack = sync_pb2.Ack(delivery=self._acked, opened=opened, evicted=evicted, rejected=rejected[:MAX_REJECTED])
        return [sync_pb2.ClientEvent(ack=ack)]

    def _batch(self) -> list[sync_pb2.ClientEvent]:
        """One at a time: what is refused must not make the next one wrong."""
        if self.in_flight or not self._device.batches:
            return []
        batch = self._device.batches[0]
        batch.sequence = self.in_flight = (self._device.sequence or 0) + 1
        return [sync_pb2.ClientEvent(activities=batch)]


def heartbeat(nonce: int = 0, echo: int = 0) -> sync_pb2.ClientEvent:
    """A sign of life, and an ordering barrier."""
    return sync_pb2.ClientEvent(heartbeat=sync_pb2.Heartbeat(nonce=nonce, echo=echo, time_ms=int(time.time() * 1000)))
