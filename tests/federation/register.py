"""Another graph: a school's register, which names children by the hub's key and knows nothing else of them."""

import strawberry
from starlette.applications import Starlette
from starlette.routing import Mount
from strawberry.asgi import GraphQL


@strawberry.federation.type(name="Person", keys=["id"], extend=False)
class Child:
    """A child, by the hub's key."""

    id: strawberry.ID


@strawberry.type
class Pupil:
    """A child on the register."""

    form: str
    child: Child | None


def register(children: dict[str, str]) -> tuple[Starlette, str]:
    """Give the register's service and its definition; children are the hub's ids by form."""

    @strawberry.type
    class Query:
        @strawberry.field
        def pupils(self) -> list[Pupil]:
            """Give everybody on the register."""
            return [Pupil(form=form, child=Child(id=strawberry.ID(person))) for form, person in children.items()]

    schema = strawberry.federation.Schema(Query, federation_version="2.9")
    return Starlette(routes=[Mount("/graphql", GraphQL(schema, graphql_ide=None))]), schema.as_str()
