"""One Sync stream, from its Hello to its end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import grpc

from foresync.device import Device
from foresync.errors import FINAL, ForesyncError, error_of_call, error_of_status
from foresync.landing import Landing
from foresync.manifest import manifest_parts
from foresync.uplink import Uplink, heartbeat
from foresync.v1 import sync_pb2, sync_pb2_grpc

WELCOME_SECONDS = 20.0
"""How long a session may take to begin."""
_GOODBYES = {
    sync_pb2.GOODBYE_REASON_SHUTDOWN: "SHUTTING_DOWN",
    sync_pb2.GOODBYE_REASON_SLOW_CONSUMER: "SLOW_CONSUMER",
    sync_pb2.GOODBYE_REASON_SILENT: "SILENT",
    sync_pb2.GOODBYE_REASON_TAKEN_OVER: "TAKEN_OVER",
    sync_pb2.GOODBYE_REASON_TOKEN_EXPIRED: "UNAUTHENTICATED",
    sync_pb2.GOODBYE_REASON_FORGOTTEN: "FORGOTTEN",
}


class Session:
    """Reads whatever comes, says whatever there is to say. `run` returns why it ended."""

    def __init__(self, device: Device, channel: grpc.aio.Channel, token: str, spaces: Sequence[str]) -> None:
        self._device = device
        self._spaces = spaces
        self._call = sync_pb2_grpc.SyncServiceStub(channel).Sync(metadata=(("authorization", f"Bearer {token}"),))
        self._landing = Landing(device, self.ask)
        self._uplink = Uplink(device, self._landing, sync_pb2.ClientEvent(hello=self._hello()), self.nudge)
        self._something = asyncio.Event()
        self._something.set()
        self._tokens: list[tuple[int, bytes]] = []
        self._barriers: dict[int, asyncio.Future[None]] = {}
        self._nonce = self._request = 0
        self._silence = WELCOME_SECONDS
        self._end: ForesyncError | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def welcomed(self) -> bool:
        """Whether it began."""
        return self._uplink.welcomed

    async def run(self) -> ForesyncError:
        """Runs until the session is over, and says why."""
        self._tasks = [asyncio.create_task(self._write())]
        try:
            while (response := await asyncio.wait_for(self._call.read(), self._silence)) is not grpc.aio.EOF:
                for event in response.events:
                    await self._handle(event)
                    self._uplink.handled = event.delivery
                self._save_token()
                self.nudge()
            end = ForesyncError("UNAVAILABLE", "the server ended the session")
        except TimeoutError:
            end = ForesyncError("SILENT", "the server was silent for too long")
        except grpc.aio.AioRpcError as failure:
            end = error_of_call(failure)
        except asyncio.CancelledError:
            if self._end is None:
                raise
            end = self._end
        finally:
            self._call.cancel()
            for task in self._tasks:
                task.cancel()
            for barrier in self._barriers.values():
                barrier.cancel()
        return self._end or end

    def leave(self, why: ForesyncError) -> None:
        """Ends the session."""
        self._end = self._end or why
        self._call.cancel()

    def nudge(self) -> None:
        """There is something to say."""
        self._something.set()

    def ask(self, space: str, item: str) -> None:
        """Asks for an item that somebody waits for; without naming what is held once that did not help."""
        ask = self._device.asks.get((space, item))
        if ask is None or not self._uplink.welcomed:
            return
        self._request += 1
        ask.id = self._request
        held = self._device.buffer.get(space, item) if ask.tries == 0 else None
        request = sync_pb2.Request(request_id=ask.id, space=space, item=item)
        if held is not None:
            request.latest.CopyFrom(held.checkpoint)
        self._say(sync_pb2.ClientEvent(request=request))

    async def barrier(self) -> None:
        """Returns when the server has handled everything that was said before. CancelledError if the session ends first."""
        self._nonce += 1
        passed = self._barriers[self._nonce] = asyncio.get_running_loop().create_future()
        self._say(heartbeat(nonce=self._nonce))
        await passed

    def _hello(self) -> sync_pb2.Hello:
        buffer = self._device.buffer
        held = {space: sum(1 for _ in buffer.of_space(space)) for space in self._spaces}
        digests = [sync_pb2.ManifestDigest(space=space, digest=buffer.digest(space), count=held[space]) for space in self._spaces]
        # What was to be told until now is in the digests.
        self._device.evicted.clear()
        return sync_pb2.Hello(
            resume_token=buffer.resume_token,
            spaces=self._spaces,
            digests=digests,
            client_version="foresync-python 0.1.0",
        )

    async def _handle(self, event: sync_pb2.ServerEvent) -> None:
        match event.WhichOneof("event"):
            case "welcome":
                await self._welcome(event.welcome)
            case "activity_ack":
                await self._uplink.durable(event.activity_ack.sequence)
            case "push":
                self._landing.push(event.delivery, event.push, asked=False)
            case "chunk":
                self._landing.chunk(event.chunk)
            case "invalidation":
                self._landing.invalidation(event.invalidation)
            case "position":
                self._tokens.append((event.delivery, event.position.resume_token))
            case "answer":
                self._answer(event.delivery, event.answer)
            case "heartbeat":
                self._heard(event.heartbeat)
            case "goodbye":
                code = _GOODBYES.get(event.goodbye.reason, "UNAVAILABLE")
                text = event.goodbye.message or "the server ended the session"
                self.leave(ForesyncError(code, text, retry_after=event.goodbye.retry_after_ms / 1000))
            case "refusal":
                await self._uplink.refused(event.refusal)

    async def _welcome(self, welcome: sync_pb2.Welcome) -> None:
        self._silence = 2 * (welcome.heartbeat_interval_ms or 30_000) / 1000
        self._device.query_key = welcome.query_key
        await self._uplink.durable(welcome.activity_sequence)
        for verdict in welcome.verdicts:
            self._obey(verdict)
        self._uplink.welcomed = True
        for space, item in self._device.asks:
            self.ask(space, item)
        # Behind the manifests: when it comes back, what changed meanwhile was compared and told.
        self._tasks += [asyncio.create_task(self._become_live()), asyncio.create_task(self._beat())]

    async def _become_live(self) -> None:
        await self.barrier()
        await self._device.become("live")

    def _obey(self, verdict: sync_pb2.SpaceVerdict) -> None:
        buffer = self._device.buffer
        if verdict.verdict == sync_pb2.VERDICT_RESUME:
            return
        if verdict.verdict == sync_pb2.VERDICT_ANEW:
            buffer.renew(verdict.space)
        if verdict.verdict == sync_pb2.VERDICT_WIPE:
            self._device.wipe(verdict.space)
        for part in manifest_parts(verdict.space, list(self._device.buffer.of_space(verdict.space))):
            self._say(sync_pb2.ClientEvent(manifest=part))

    def _answer(self, delivery: int, answer: sync_pb2.Answer) -> None:
        if answer.WhichOneof("result") == "found":
            self._landing.push(delivery, answer.found, asked=True)
        elif answer.WhichOneof("result") == "not_modified":
            self._landing.not_modified(answer.not_modified)
        else:
            self._fail(answer.request_id, error_of_status(answer.error))

    def _fail(self, request: int, error: ForesyncError) -> None:
        for key, ask in self._device.asks.items():
            if ask.id != request or ask.answer.done():
                continue
            if error.code == "ITEM_UNKNOWN":
                self._device.forget(self._device.buffer.drop(*key))
            ask.answer.set_exception(error)

    def _heard(self, beat: sync_pb2.Heartbeat) -> None:
        passed = self._barriers.pop(beat.echo, None)
        if passed is not None and not passed.done():
            passed.set_result(None)
        if beat.nonce:
            self._say(heartbeat(echo=beat.nonce))

    def _save_token(self) -> None:
        """The newest before which every content is complete."""
        before = self._landing.complete_before
        covered = [one for one in self._tokens if before is None or one[0] < before]
        if covered:
            self._device.buffer.resume_token = covered[-1][1]
            self._tokens = self._tokens[len(covered) :]

    def _say(self, event: sync_pb2.ClientEvent) -> None:
        self._uplink.said.append(event)
        self.nudge()

    async def _write(self) -> None:
        try:
            while True:
                await self._something.wait()
                self._something.clear()
                while frame := self._uplink.frame():
                    await self._call.write(sync_pb2.SyncRequest(events=frame))
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            # The reader hears why.
            return

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._silence / 2 * random.uniform(0.5, 0.9))
            self._say(heartbeat(nonce=2**40))


def is_final(error: ForesyncError) -> bool:
    """Whether connecting again would not help."""
    return error.code in FINAL
