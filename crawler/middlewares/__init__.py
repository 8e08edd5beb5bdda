"""What every request and response passes: one class a file, one subject each."""
