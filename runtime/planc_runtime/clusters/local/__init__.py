"""Real processes on this machine, without privileges, containers or leftovers."""
