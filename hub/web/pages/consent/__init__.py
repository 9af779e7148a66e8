"""What a family said about sharing."""
