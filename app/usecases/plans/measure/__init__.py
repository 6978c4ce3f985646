"""What a plan costs, keeps and breaks, however it was made."""
