"""Scripts that make the demo models and the samples: `python -m training` from the demo folder."""
