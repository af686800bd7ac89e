"""The facts as static JSON at stable addresses, below api/v<contract>/: described by openapi.json."""
