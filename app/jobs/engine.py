"""The durable engine, DBOS: one workflow that runs a job, under the job's own id. Only a worker imports this.

DBOS keeps which jobs wait, which worker runs which, and the outcome of every step, so that a job cut off by a crash is
started again and passes over the steps it had done.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from dbos import DBOS, DBOSConfig
from dbos import error as dbos_error
from sqlalchemy.engine import make_url

from app.jobs.runner import JobRunner, StepOrderChangedError
from app.settings import Settings

APPLICATION = "patchwork"
WORKFLOW = "patchwork_job"
QUEUE = "patchwork-jobs"
SCHEMA = "dbos"

ENGINE_VERSION = "1"
"""DBOS runs a job only under the version it was queued with. By default that is a hash of the code, which would strand
every open job at each upgrade; ours stays. A job whose steps changed meanwhile fails with a problem that says so."""

QUEUE_POLL_SECONDS = 0.25

_runner: JobRunner | None = None


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)  # attempts are counted in the job's own row
def _run_job(job_id: str) -> str:
    if _runner is None:
        raise RuntimeError("the engine has no runner; start it with Engine.start")
    return _runner.run(job_id)


def run_step(name: str, function: Callable[[], Any]) -> Any:
    """Run a function as a durable step of the workflow this thread is in, or recall its outcome."""
    try:
        return DBOS.run_step({"name": name}, function)
    except (dbos_error.DBOSUnexpectedStepError, dbos_error.DBOSStepNondeterminismError) as error:
        raise StepOrderChangedError(name) from error


class Engine:
    """DBOS in this process. There can be one."""

    def __init__(self, settings: Settings) -> None:
        """Prepare for the database of ``settings``; nothing is opened yet."""
        self.host = settings.host_name
        self._concurrency = settings.job_concurrency
        self._url = settings.resolved_jobs_database_url
        self._dbos: DBOS | None = None

    def start(self, runner: JobRunner) -> None:
        """Open or create the engine's tables, take up what this host left unfinished, and start to run jobs."""
        global _runner  # noqa: PLW0603 - DBOS registers workflows once a process
        _runner = runner
        parsed = make_url(self._url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._url,
            "dbos_system_schema": SCHEMA,
            "application_version": ENGINE_VERSION,
            "executor_id": self.host,
            "log_level": "WARNING",
            "sys_db_pool_size": self._concurrency + 8,
        }
        self._dbos = DBOS(config=config)
        DBOS.launch()
        # One row for every host: the last worker to start sets how many jobs each worker runs at a time.
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._concurrency,
            polling_interval_sec=QUEUE_POLL_SECONDS,
            on_conflict="always_update",
        )

    def stop_taking(self) -> None:
        """Take up no more jobs; those that run go on."""
        if self._dbos is not None:
            for event in self._dbos.background_thread_stop_events:
                event.set()

    def close(self) -> None:
        """Shut the engine down; only when no job runs."""
        DBOS.destroy()

    def enqueue(self, job_id: str) -> None:
        """Queue a job under its own id; nothing happens when the engine has it already."""
        DBOS.enqueue_workflow_with_options(
            {"workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": job_id, "app_version": ENGINE_VERSION},
            job_id,
        )

    def requeue(self, job_id: str) -> None:
        """Queue a job again that is assigned to this host though nothing runs it here."""
        DBOS.resume_workflow(job_id, queue_name=QUEUE)

    def states(self, job_ids: list[str]) -> dict[str, tuple[str, str | None]]:
        """Return the engine's state and host of each job; jobs it does not know are left out."""
        found = DBOS.list_workflows(workflow_ids=job_ids, load_input=False, load_output=False)
        return {workflow.workflow_id: (workflow.status, workflow.executor_id) for workflow in found}

    def busy_hosts(self) -> set[str]:
        """Hosts that the engine holds to be running jobs."""
        pending = DBOS.list_workflows(status="PENDING", name=WORKFLOW, load_input=False, load_output=False)
        return {workflow.executor_id for workflow in pending if workflow.executor_id}

    def take_over(self, hosts: list[str]) -> list[str]:
        """Queue the unfinished jobs of hosts that are gone, for any worker to run; returns their ids.

        Two workers may do this at once: the engine moves each job once, and only while it is assigned to such a host.
        """
        # Not public, and the only call that checks the host as it moves the job; DBOS is pinned for it.
        recover = cast("Callable[[list[str]], list[Any]]", DBOS._recover_pending_workflows)  # noqa: SLF001
        return [handle.workflow_id for handle in recover(hosts)]

    def prune(self, before_iso: str, limit: int = 500) -> int:
        """Delete what the engine keeps of jobs that ended before an instant, steps included; returns how many."""
        done = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            name=WORKFLOW,
            completed_before=before_iso,
            limit=limit,
            load_input=False,
            load_output=False,
        )
        if done:
            DBOS.delete_workflows([workflow.workflow_id for workflow in done])
        return len(done)
