"""What a user runs on new text."""
