"""Long work as durable jobs: queued, watched, cancelled, and finished even after the process that ran it was killed.

What the rest of the service uses: :mod:`app.jobs.registry` to say what a kind of job does, :mod:`app.jobs.client` to
ask for one, :mod:`app.jobs.worker` to run them. Only a worker imports the engine.
"""
