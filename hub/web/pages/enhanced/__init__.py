"""The chronology with what people made of it."""
