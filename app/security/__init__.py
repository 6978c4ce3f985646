"""Keys, roles and what each role may do."""
