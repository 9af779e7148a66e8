"""HTTP/1.1 on the wire (RFC 9112): kept connections, one exact exchange after the other, and nothing more."""
