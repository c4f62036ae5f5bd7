"""Sound files: ffmpeg as a child that is held short, and what WAV headers say."""
