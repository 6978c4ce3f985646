"""How a job says that it cannot go on, and what a caller is told of it."""

from __future__ import annotations

from typing import Any

from app.problems import Problem


class JobProblem(Problem):
    """A failure that somebody can act on: it becomes the job's problem document word for word.

    The text is shown to everybody who may read the job, so it must not hold personal data.
    """

    def __init__(
        self, title: str, detail: str, *, slug: str = "invalid-input", status: int = 422, **extra: Any
    ) -> None:
        """Keep the members of the problem document.

        Args:
            title: One line, the same for every occurrence.
            detail: What is wrong this time, and what to do about it.
            slug: Entry of the catalogue in :mod:`app.problems`.
            status: The HTTP status that fits it.
            **extra: Extension members, such as ``errors``; plain JSON data.
        """
        super().__init__(status, slug, title, detail, **extra)

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> JobProblem:
        """Return the problem that a document describes."""
        extra = {name: value for name, value in body.items() if name not in {"type", "title", "status", "detail"}}
        slug = str(body["type"]).rpartition("/")[2]
        return cls(body["title"], body["detail"], slug=slug, status=body["status"], **extra)


def unexpected(error: Exception, place: str) -> JobProblem:
    """The problem for a failure nobody foresaw. An error's own message may quote data, so only its type is told."""
    return JobProblem(
        "The job failed",
        f"Something failed here ({type(error).__name__}). Asking for the same again starts a new attempt; if that "
        "fails too, the job's id finds the place in the log.",
        slug="internal",
        status=500,
        place=place,
    )


def step_order_changed() -> JobProblem:
    """The problem for a job that an older version of the code began with other steps."""
    return JobProblem(
        "The job was begun by another version",
        "The service was upgraded while this job was under way and its remaining steps no longer follow from those "
        "done. Ask for the same again: it starts from the beginning.",
        slug="conflict",
        status=409,
    )


def kind_unknown(kind: str) -> JobProblem:
    """The problem for a job whose kind this worker has no code for."""
    return JobProblem(
        "Unknown kind of job",
        f"This worker has no code for jobs of kind {kind!r}. Run workers of the API's version, then ask again.",
        slug="conflict",
        status=409,
    )


def keeps_stopping(attempts: int) -> JobProblem:
    """The problem for a job whose worker died every time it was tried."""
    return JobProblem(
        "The job stops its worker",
        f"The worker stopped {attempts} times while it ran this job, so it is not tried again. It may need more memory "
        "than there is: try a smaller request, or give the worker more.",
        slug="internal",
        status=500,
    )


def engine_gave_up() -> JobProblem:
    """The problem for a job that the engine holds for ended although nothing was stored for it."""
    return JobProblem(
        "The job was lost",
        "The job's engine ended it without a result. Asking for the same again starts a new attempt.",
        slug="internal",
        status=500,
    )
