"""Roles that the parts of the runtime play for each other; no behaviour lives here."""
