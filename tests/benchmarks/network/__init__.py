"""Parts of the benchmark of the network lab: sides, traffic, times."""
