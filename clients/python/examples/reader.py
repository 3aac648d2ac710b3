"""Opens items and says who waited: FORESYNC_TOKEN=… python examples/reader.py http://127.0.0.1:7600 notes plan.md"""

import asyncio
import os
import sys

import foresync


async def main(endpoint: str, space: str, *items: str) -> None:
    """Opens each item and reports it."""
    async with await foresync.connect(endpoint, token=os.environ["FORESYNC_TOKEN"], spaces=[space]) as client:
        for item in items:
            opened = await client.open(space, item)
            waited = "nobody waited" if opened.zero_wait else "from the network"
            print(f"{item}: {len(opened.content)} bytes, {waited}")
            client.report("viewed", item)
        await client.flush()


asyncio.run(main(*sys.argv[1:]))
