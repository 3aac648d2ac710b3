"""What a client keeps to while there is no server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from foresync.buffer import Buffer, Held
from foresync.client import Client
from foresync.errors import ForesyncError
from foresync.reach import channel_to
from foresync.v1 import checkpoint_pb2


@pytest.fixture
def longest(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each wait between two attempts may be, seconds; none of them is waited."""
    most: list[float] = []

    def at_once(_least: float, limit: float) -> float:
        most.append(limit)
        return 0.0

    monkeypatch.setattr("foresync.client.random.uniform", at_once)
    return most


@pytest.fixture
async def offline(monkeypatch: pytest.MonkeyPatch, longest: list[float]) -> AsyncIterator[Client]:
    """A client that holds `a`, and whose every attempt to connect takes long and fails."""
    assert not longest, "nothing is waited before it is made"

    async def dial(_client: Client) -> tuple[ForesyncError, bool]:
        return ForesyncError("UNAVAILABLE", "nobody is there"), False

    monkeypatch.setattr(Client, "_dial", dial)
    monkeypatch.setattr("foresync.client.HEALTHY", -1.0)
    buffer = Buffer()
    buffer.put(Held(checkpoint_pb2.Checkpoint(space="s", item="a"), b"", 0))
    client = Client(channel_to("http://127.0.0.1:1", None), "a token", ["s"], buffer)
    yield client
    await client.close()


async def test_waits_longer_after_each_attempt_that_led_to_no_session(longest: list[float], offline: Client) -> None:
    while len(longest) < 4:
        await asyncio.sleep(0)
    assert offline.state in ("connecting", "waiting")
    assert longest[:4] == [0.5, 0.75, 1.125, 1.6875]


async def test_keeps_the_newest_opens_to_tell_and_no_more_than_its_bound(
    monkeypatch: pytest.MonkeyPatch, offline: Client
) -> None:
    monkeypatch.setattr("foresync.client.MAX_OPENED", 3)
    for _ in range(5):
        while offline.state != "waiting":
            await asyncio.sleep(0)
        await offline.open("s", "a")
    assert len(offline._device.opened) == 3
