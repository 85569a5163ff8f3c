"""From differences to a verdict: limits, policies, what a chain varies by, tails."""
