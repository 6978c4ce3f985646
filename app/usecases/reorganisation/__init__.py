"""The reorganisation noun: a council parted among new ones, and what a line costs."""
