"""What is told of stems by what one reading of them, for a render, has measured anyway."""
