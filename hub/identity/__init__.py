"""Who is asking: tokens and sessions become a Requester."""
