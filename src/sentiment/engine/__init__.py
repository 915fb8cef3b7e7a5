"""Where the parts of a corpus are worked on: the processes of this machine, or a Dask cluster."""
