"""Lawful bases, and the day from which one that awaited it is relied on."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import strawberry

from hub.governance.commencement import commence
from hub.graphql.context import Info
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.problems import REFUSALS, problem_of
from hub.graphql.governing.room import by_of
from schema.governance.basis import Basis, BasisResult
from schema.lawful_bases import LawfulBasis

Which = Annotated[LawfulBasis, strawberry.argument(description="A basis that awaits its day.")]
Day = Annotated[date, strawberry.argument(description="The day it begins.")]


def _basis(basis: LawfulBasis, commenced: Mapping[LawfulBasis, date]) -> Basis:
    terms = basis.terms
    return Basis(
        basis=basis,
        law=terms.statute,
        who=sorted(body.value for body in terms.who),
        needs_consent=basis.needs_consent,
        start=terms.start or commenced.get(basis),
        end=terms.end,
    )


@strawberry.type
class BasisQueries:
    """What may be asked of lawful bases."""

    @strawberry.field(description="Every lawful basis: who may rely on it, whether it needs consent, and since when.")
    async def bases(self, info: Info) -> list[Basis]:
        """List lawful bases."""
        standing = await info.context.governing.preparer.standing(())
        return [_basis(basis, standing.commenced) for basis in LawfulBasis]


@strawberry.type
class BasisMutations:
    """What may be done about lawful bases."""

    @strawberry.mutation(
        description="Set the day from which a law that awaited one is relied on.", extensions=[For(OFFICERS)]
    )
    async def commence_basis(self, info: Info, basis: Which, start: Day) -> BasisResult | None:
        """Commence a basis."""
        return await _set(info, basis, start)

    @strawberry.mutation(
        description="Take back the day of a law that awaited one: nobody relies on it.", extensions=[For(OFFICERS)]
    )
    async def undo_commencement(self, info: Info, basis: Which) -> BasisResult | None:
        """Take a commencement back."""
        return await _set(info, basis, None)


async def _set(info: Info, basis: LawfulBasis, start: date | None) -> BasisResult:
    room = info.context.governing
    try:
        await commence(room.acting, basis, start, by_of(info.context.requester))
    except REFUSALS as error:
        return BasisResult(problem=problem_of(error))
    standing = await room.preparer.standing(())
    return BasisResult(basis=_basis(basis, standing.commenced))
