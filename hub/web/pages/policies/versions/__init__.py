"""Every version, newest first."""
