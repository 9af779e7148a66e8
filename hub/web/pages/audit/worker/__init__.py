"""What a worker asked."""
