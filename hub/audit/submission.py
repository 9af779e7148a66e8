"""What a witness is sent: the hub's latest signed head over all replicas, and the proof from the head they saw last."""

from typing import Any

from sqlalchemy import Row, select

from hub.audit.checkpoints import hub_leaf
from hub.audit.export import CHECKPOINTS
from hub.audit.merkle import consistency_proof
from hub.audit.witnessing import Submitted
from hub.store.database import Database


class NoSuchHead(ValueError):
    """Say so: there is no head of that size to begin at, or no head at all yet."""


async def submission(database: Database, old: int) -> Submitted:
    """Give the latest head with its proof from the head of size ``old``; NoSuchHead where that cannot be."""
    columns = (CHECKPOINTS.c[name] for name in ("number", "log_id", "at", "note", "hub_note"))
    async with database.snapshot() as connection:
        found = (await connection.execute(select(*columns).order_by(CHECKPOINTS.c.number))).all()
    if not 0 <= old <= len(found) or not found:
        raise NoSuchHead(f"the hub has signed {len(found)} checkpoints, and none is number {old}")
    proof = consistency_proof([_leaf(row) for row in found], old) if old else ()
    return Submitted(old, proof, found[-1].hub_note)


def _leaf(row: Row[Any]) -> bytes:
    return hub_leaf(row.number, row.log_id, row.at, row.note)
