"""Telling one client what became of one request: in the media type they accept, with the request's id."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from hub.errors import Code, HubError
from hub.graphql.accepting import JSON
from hub.graphql.invalid import Invalid
from hub.graphql.manner import Statuses
from hub.graphql.messages import Result
from hub.graphql.reading import Misshapen, Refused
from hub.graphql.statuses import of_data, of_request_error, of_shape
from hub.graphql.writing import only_error, response

LATER: Mapping[str, str] = {"Retry-After": "5"}
"""What is sent with 503, in seconds."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Writes the answers of one request."""

    request_id: str
    statuses: Statuses
    media: str = JSON

    def error(self, status: int, code: Code, message: str, headers: Mapping[str, str] | None = None) -> Response:
        """Tell that nothing was run, with this status."""
        return self._with(response(status, only_error(code, message), self.media, self.request_id), headers)

    def refused(self, refused: Refused) -> Response:
        """Tell what is wrong with the HTTP message."""
        status = refused.status
        if isinstance(refused, Misshapen):
            status = of_shape(status, self.media, self.statuses)
        return self.error(status, Code.BAD_USER_INPUT, str(refused), refused.headers)

    def known(self, error: HubError) -> Response:
        """Tell of an error that kept everything from being run."""
        status = of_request_error(error.code, self.media, self.statuses)
        return self.error(status, error.code, str(error), LATER if error.code is Code.NOT_READY else None)

    def invalid(self, invalid: Invalid) -> Response:
        """Tell where a document does not fit the schema."""
        status = of_request_error(Code.GRAPHQL_VALIDATION_FAILED, self.media, self.statuses)
        body = {"errors": [e.formatted for e in invalid.errors]}
        return response(status, body, self.media, self.request_id)

    def result(self, result: Result, note: str | None) -> Response:
        """Tell the answer."""
        body = result.body()
        answer = response(self._status(result, body), body, self.media, self.request_id, result.cost, note)
        return self._with(answer, LATER if result.not_ready else None)

    def _status(self, result: Result, body: Mapping[str, Any]) -> int:
        if result.not_ready:
            return 503
        if "data" not in body:
            code = (result.errors[0].extensions or {}).get("code", Code.INTERNAL)
            return of_request_error(code, self.media, self.statuses)
        return of_data(self.media, self.statuses, errors=bool(result.errors))

    @staticmethod
    def _with(answer: Response, headers: Mapping[str, str] | None) -> Response:
        answer.headers.update(headers or {})
        return answer
