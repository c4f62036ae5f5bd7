"""Benchmarks of the farm, each as a ratio against a baseline of the same run."""
