"""What a researcher would measure of people and their ties."""
