"""How long clusters of three take to come up: by planc, and the same servers started by hand."""
