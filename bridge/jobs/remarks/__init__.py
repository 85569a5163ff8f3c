"""What a job says that is no fault, and may be a slip all the same."""
