"""What every page of ours shares: the player, its excerpts, the elements and colours."""
