"""The client as the conformance scripts drive it: docs/08-write-a-client.md says what is on standard input and output."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from typing import Any

import foresync


class Driver:
    def __init__(self) -> None:
        self._buffer = foresync.Buffer()
        self._client: foresync.Client | None = None
        self._connecting: asyncio.Task[foresync.Client] | None = None

    async def obey(self, line: bytes) -> None:
        call = json.loads(line)
        try:
            answer = {"gives": await self._answered(call["call"], call["with"])}
        except foresync.ForesyncError as error:
            answer = {"fails": error.code, "message": str(error)}
        print(json.dumps({"id": call["id"], **answer}), flush=True)

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        if self._client is not None:
            await self._client.close()
        self._client = self._connecting = None

    async def _answered(self, call: str, args: dict[str, Any]) -> dict[str, Any]:
        if call == "connect":
            return await self._connect(args)
        if call == "close":
            await self.close()
            return {}
        client = self._client
        if call == "state":
            return {"state": "connecting" if client is None else client.state}
        assert client is not None, f"{call} before connect"
        match call:
            case "open":
                opened = await client.open(args["space"], args["item"])
                return {"content": _base64(opened.content), "zero_wait": opened.zero_wait}
            case "report":
                client.report(args["type"], args["item"], space=args["space"])
            case "search":
                client.searched(args["query"], space=args["space"])
            case "flush":
                await client.flush()
            case "held":
                held = client.held(args["space"], args["item"])
                return {"held": held and {"data_hash": _base64(held.checkpoint.data_hash), "stale": held.stale}}
            case _:
                raise AssertionError(f"{call} is not a call")
        return {}

    async def _connect(self, args: dict[str, Any]) -> dict[str, Any]:
        await self.close()
        if not args.get("same_buffer"):
            self._buffer = foresync.Buffer(args.get("capacity", 64 * 1024 * 1024))
        tokens = list(args["tokens"])

        async def token() -> str:
            return tokens.pop(0)

        given: foresync.Token = tokens[0] if len(tokens) == 1 else token
        connecting = foresync.connect(args["endpoint"], token=given, spaces=args["spaces"], buffer=self._buffer)
        self._connecting = asyncio.create_task(connecting)
        self._client = await self._connecting
        return {}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def main() -> None:
    driver, lines = Driver(), asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    obeying = set()
    while line := await lines.readline():
        task = asyncio.create_task(driver.obey(line))
        obeying.add(task)
        task.add_done_callback(obeying.discard)
    await driver.close()


asyncio.run(main())
