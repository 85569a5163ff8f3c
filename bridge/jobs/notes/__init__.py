"""What clients ask for: their notes read, merged, understood as far as is sure, kept in the job."""
