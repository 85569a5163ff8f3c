"""The stem check on the road: of a bundle or a job, its quick part, and its repairs."""
