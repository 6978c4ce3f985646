"""Zone plans, from measuring and drawing to publishing: a folder for each thing done with a plan."""
