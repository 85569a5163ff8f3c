"""What independent readers find of the tags that we write."""
