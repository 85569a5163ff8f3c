"""What the writers of project files share."""
