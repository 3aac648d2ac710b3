"""A live server from this repository's sources, on a store that survives it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

import foresync

ROOT = Path(__file__).resolve().parents[3]
SERVER = ["node", "--import", "tsx", "--conditions=foresync-dev", "test/support/serve-child.ts"]


class Server:
    """Can be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self._secret = secrets.token_bytes(32)
        (folder / "token.secret").write_text(_base64(self._secret))
        (folder / "server.key").write_text(_base64(secrets.token_bytes(32)))
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self._config = {
            "server": {"listen": f"127.0.0.1:{self.port}"},
            "auth": {"secretFile": f"{folder}/token.secret", "serverKeyFile": f"{folder}/server.key", "leewayMs": 0},
            "store": {"url": f"lmdb:{folder}/store"},
            "spaces": {"list": [{"name": "notes", "shards": 2}]},
            "push": {"policy": "recent", "mode": "threshold", "threshold": 0},
            "log": {"level": "silent"},
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [*SERVER, json.dumps(self._config)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith(b"listening")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def token(self, device: str | None = "python", user: str = "alice", seconds: float = 3600) -> str:
        claims: dict[str, Any] = {"sub": user, "aud": "foresync", "exp": time.time() + seconds, "spaces": {"notes": "write"}}
        if device is not None:
            claims["device"] = device
        signed = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "HS256"}, claims))
        return f"{signed}.{_base64(hmac.digest(self._secret, signed.encode(), hashlib.sha256))}"

    def connect(self, user: str, device: str = "python", buffer: foresync.Buffer | None = None) -> Any:
        return foresync.connect(self.endpoint, token=self.token(device, user), spaces=["notes"], buffer=buffer)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    running.kill()


@pytest.fixture
async def client(server: Server, request: pytest.FixtureRequest) -> AsyncIterator[foresync.Client]:
    async with await server.connect(request.node.name) as connected:
        yield connected
