"""The GraphQL view: HTTP, limits and execution over the words."""
