"""A door before a database: passes bytes through, and can be slow, down, hang or speak noise."""

import asyncio
from contextlib import suppress

from hub.demo.faults import FaultKind
from hub.demo.systems.switch import Switch

CHUNK = 65536
NOISE = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"
"""What a client hears when something that is no database has taken the port."""


class Proxy:
    """Carries connections to one port of this machine."""

    def __init__(self, port: int, switch: Switch) -> None:
        self.port, self.switch = port, switch
        self.open: set[asyncio.StreamWriter] = set()
        self.flowing = asyncio.Event()
        self.turned()

    def turned(self) -> None:
        """Cut the connections already open when the database goes down; let nothing through while it hangs."""
        if self.switch.fault.kind is FaultKind.HANG:
            self.flowing.clear()
        else:
            self.flowing.set()
        if self.switch.fault.kind is FaultKind.DOWN:
            for writer in self.open:
                writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        if self.switch.fault.kind is FaultKind.DOWN:
            writer.transport.abort()
            return
        self.open.add(writer)
        try:
            with suppress(OSError):
                there_reader, there = await asyncio.open_connection("127.0.0.1", self.port)
                ways = (self._way(reader, there, delay=True), self._way(there_reader, writer, delay=False))
                try:
                    await asyncio.gather(*ways)
                finally:
                    there.close()
        finally:
            self.open.discard(writer)
            writer.close()

    async def _way(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, delay: bool) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                fault = self.switch.fault
                if fault.kind is FaultKind.SLOW and delay:
                    await asyncio.sleep(fault.seconds)
                await self.flowing.wait()
                noisy = fault.kind is FaultKind.GARBAGE and not delay
                sink.write(NOISE if noisy else data)
                await sink.drain()
                if noisy:
                    break
        with suppress(OSError):
            sink.close()
