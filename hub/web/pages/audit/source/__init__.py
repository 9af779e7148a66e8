"""What a source was asked."""
