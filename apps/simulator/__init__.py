"""A phone in the browser and stand-ins for Meta and OpenAI."""
