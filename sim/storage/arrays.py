"""Arrays are read from bytes by one thread at a time.

numpy parses the header of each as Python text, in which two threads at once fail in Python 3.11 (`SystemError`, cpython
issue 106905) where garbage is collected meanwhile.
"""

from threading import Lock

reading_arrays = Lock()
