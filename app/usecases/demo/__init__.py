"""The demonstration county and the published report it is held against."""
