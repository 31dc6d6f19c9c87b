"""The backend `docker`: the same plans, every node a container."""
