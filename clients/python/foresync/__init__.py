"""Foresync: what a user needs next is on the device before it is asked for."""

from foresync.buffer import Buffer, Held
from foresync.client import Client, Token, connect
from foresync.errors import ForesyncError
from foresync.events import Connection, Event, Invalidated, Opened, Pushed, Refused, Rejected

__all__ = [
    "Buffer",
    "Client",
    "Connection",
    "Event",
    "ForesyncError",
    "Held",
    "Invalidated",
    "Opened",
    "Pushed",
    "Refused",
    "Rejected",
    "Token",
    "connect",
]
