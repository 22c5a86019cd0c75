"""A slow search for faults: processes killed, inputs damaged, bits flipped, a service flooded, files that act."""
