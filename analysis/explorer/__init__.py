"""The classroom: two worlds side by side in a browser, from a service that keeps nothing about anybody."""
