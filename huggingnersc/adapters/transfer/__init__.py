"""Moving bytes: from the Hub, a portal or a path, and what every transfer shares."""
