"""What dvc.yaml runs: one file a stage, named like it."""
