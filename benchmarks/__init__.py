"""What the project takes and gives, in time, memory and accuracy, beside what a user would pick instead."""
