"""One worker child: its process, its family, its files, its job."""
