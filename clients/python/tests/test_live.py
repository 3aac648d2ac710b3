"""The client against a live server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import grpc
import pytest

import foresync
from foresync.v1 import content_pb2, content_pb2_grpc, privacy_pb2, privacy_pb2_grpc
from tests.conftest import Server


async def put(server: Server, item: str, content: bytes) -> None:
    """Writes an item as a backend, by the stubs alone."""
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        header = content_pb2.PutHeader(space="notes", item=item, size_bytes=len(content))
        parts = [content_pb2.PutRequest(header=header)]
        parts += [content_pb2.PutRequest(chunk=content[at : at + 65536]) for at in range(0, len(content), 65536)]
        metadata = (("authorization", f"Bearer {server.token(device=None)}"),)
        await content_pb2_grpc.ContentServiceStub(channel).Put(iter(parts), metadata=metadata)


async def event(events: Any, kind: type) -> Any:
    """The next event of a kind."""
    async with asyncio.timeout(20):
        async for one in events:
            if isinstance(one, kind):
                return one
    raise AssertionError(f"no {kind.__name__} came")


async def test_opens_what_it_asks_for_and_then_holds_it(server: Server, client: foresync.Client) -> None:
    await put(server, "open/small", b"small content")
    large = os.urandom(700_000)
    await put(server, "open/large", large)
    first = await client.open("notes", "open/small")
    assert (first.content, first.zero_wait) == (b"small content", False)
    again = await client.open("notes", "open/small")
    assert (again.content, again.zero_wait) == (b"small content", True)
    assert (await client.open("notes", "open/large")).content == large
    assert client.held("notes", "open/large") is not None
    with pytest.raises(foresync.ForesyncError) as missing:
        await client.open("notes", "open/none")
    assert missing.value.code == "ITEM_UNKNOWN"


async def test_one_answer_serves_all_who_wait(server: Server, client: foresync.Client) -> None:
    await put(server, "open/shared", b"shared")
    opened = await asyncio.gather(*(client.open("notes", "open/shared") for _ in range(8)))
    assert {one.content for one in opened} == {b"shared"}


async def test_reports_and_receives_a_push(server: Server, client: foresync.Client) -> None:
    user = "test_reports_and_receives_a_push"
    events = client.events()
    pushed = asyncio.create_task(event(events, foresync.Pushed))
    await asyncio.sleep(0)
    for item in ("push/a", "push/b"):
        await put(server, item, item.encode())
    async with await server.connect(user, "laptop") as laptop:
        laptop.report("viewed", "push/a")
        laptop.searched("quarterly plan")
        await laptop.flush()
        client.report("viewed", "push/b")
        await client.flush()
    told = await pushed
    held = client.held("notes", told.checkpoint.item)
    assert held is not None
    assert sha256(held.content).digest() == told.checkpoint.data_hash
    assert told.reasons
    assert (await client.open("notes", told.checkpoint.item)).zero_wait


async def test_is_told_that_what_it_holds_is_old(server: Server, client: foresync.Client) -> None:
    await put(server, "stale/a", b"first")
    await client.open("notes", "stale/a")
    await client.flush()
    await put(server, "stale/a", b"second")
    async with asyncio.timeout(20):
        while (await client.open("notes", "stale/a")).content != b"second":
            await asyncio.sleep(0.02)


async def test_a_refused_batch_does_not_stop_the_next(server: Server, client: foresync.Client) -> None:
    await put(server, "refused/there", b"there")
    events = client.events()
    refused = asyncio.create_task(event(events, foresync.Refused))
    await asyncio.sleep(0)
    client.report("viewed", "refused/nowhere")
    client.report("viewed", "refused/there")
    await client.flush()
    assert (await refused).error.code == "ITEM_UNKNOWN"


async def test_resumes_after_the_server_was_killed(server: Server) -> None:
    user = "test_resumes"
    client = await server.connect(user)
    await put(server, "resume/kept", b"kept")
    await put(server, "resume/changed", b"before")
    for item in ("resume/kept", "resume/changed"):
        await client.open("notes", item)
    client.report("viewed", "resume/kept")
    await client.flush()
    server.kill()
    client.report("viewed", "resume/changed")
    async with asyncio.timeout(20):
        while client.state == "live":
            await asyncio.sleep(0.02)
        while client.state != "waiting":
            await asyncio.sleep(0.005)
    off_line = await client.open("notes", "resume/kept")
    assert off_line.content == b"kept"
    assert off_line.age is not None
    server.start()
    await client.flush(60)
    await put(server, "resume/changed", b"after")
    assert (await client.open("notes", "resume/kept")).zero_wait
    async with asyncio.timeout(20):
        while (await client.open("notes", "resume/changed")).content != b"after":
            await asyncio.sleep(0.02)
    await client.close()


async def test_a_buffer_outlives_its_client(server: Server) -> None:
    buffer = foresync.Buffer()
    await put(server, "buffer/a", b"kept over sessions")
    async with await server.connect("buffered", buffer=buffer) as first:
        await first.open("notes", "buffer/a")
        await first.flush()
    async with await server.connect("buffered", buffer=buffer) as second:
        assert (await second.open("notes", "buffer/a")).zero_wait


async def test_wipes_when_its_user_was_forgotten(server: Server) -> None:
    await put(server, "open/mine", b"mine")
    buffer, other = foresync.Buffer(), foresync.Buffer()
    async with await server.connect("carol", buffer=buffer) as client:
        await client.open("notes", "open/mine")
        client.report("viewed", "open/mine")
        await client.flush()
    async with await server.connect("carol", device="other", buffer=other) as client:
        await client.open("notes", "open/mine")
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            metadata = (("authorization", f"Bearer {server.token(user='carol')}"),)
            stub = privacy_pb2_grpc.PrivacyServiceStub(channel)
            answer = await stub.Forget(privacy_pb2.ForgetRequest(), metadata=metadata)
            assert answer.removed > 0
        with pytest.raises(foresync.ForesyncError) as ended:
            await client.open("notes", "open/none", timeout=20)
        assert ended.value.code == "FORGOTTEN"
        assert (len(other), other.resume_token) == (0, b"")
    assert len(buffer) == 1
    async with await server.connect("carol", buffer=buffer) as client:
        assert len(buffer) == 0
        assert not (await client.open("notes", "open/mine")).zero_wait


async def test_gives_way_to_another_client_of_the_device(server: Server) -> None:
    first = await server.connect("taken", "same")
    second = await server.connect("taken", "same")
    async with asyncio.timeout(20):
        while first.state != "closed":
            await asyncio.sleep(0.02)
    with pytest.raises(foresync.ForesyncError) as over:
        await first.open("notes", "nothing")
    assert over.value.code == "TAKEN_OVER"
    assert second.state == "live"
    for client in (first, second):
        await client.close()


async def test_a_refused_token_says_so_and_a_new_one_is_fetched(server: Server) -> None:
    with pytest.raises(foresync.ForesyncError) as refused:
        await foresync.connect(server.endpoint, token="nonsense", spaces=["notes"])
    assert refused.value.code == "UNAUTHENTICATED"
    given = iter(["nonsense", server.token("renewed")])

    async def token() -> str:
        return next(given)

    async with await foresync.connect(server.endpoint, token=token, spaces=["notes"]) as client:
        assert client.state == "live"


async def test_the_example_runs(server: Server) -> None:
    await put(server, "example.md", b"an example")
    command = [sys.executable, "examples/reader.py", server.endpoint, "notes", "example.md", "example.md"]
    environment = {**os.environ, "FORESYNC_TOKEN": server.token("example"), "PYTHONPATH": "."}
    folder = Path(__file__).parents[1]
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == "example.md: 10 bytes, from the network\nexample.md: 10 bytes, nobody waited\n"
