"""The real worker, with the kinds that only tests know: ``python -m tests.jobs.worker_for_job_tests``."""

from __future__ import annotations

from app.jobs.worker import leave, main
from tests.jobs.kinds_for_job_tests import KINDS

if __name__ == "__main__":
    leave(main(KINDS))
