"""The service around the domain: API, storage, jobs, command line and web page."""
