"""Native Instruments stem files."""
