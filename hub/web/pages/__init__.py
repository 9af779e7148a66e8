"""The pages people work with: one folder a page, its ``page.py`` and its ``page.html``; each asks as GraphQL does."""
