"""The Mesa face: people, supporters and ties as agents and views."""
