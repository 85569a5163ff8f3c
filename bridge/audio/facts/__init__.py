"""What is known of audio without a sample of it: loads no numpy."""
