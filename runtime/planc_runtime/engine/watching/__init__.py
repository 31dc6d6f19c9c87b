"""What is seen of a running system: roles, states, resources, metrics, when logs were written."""
