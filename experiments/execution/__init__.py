"""Work on a machine: side by side, interrupted, within its memory, written safely."""
