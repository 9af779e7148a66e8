"""The answer: brings words, rules and systems together once per question, and writes it down."""
