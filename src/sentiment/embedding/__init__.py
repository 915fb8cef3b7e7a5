"""Word vectors that the network's embedding starts from."""
