"""What maintains the repository; not installed."""
