"""What to do next with a song, on the road: advice that reads stems, jobs and chains."""
