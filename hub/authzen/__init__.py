"""AuthZEN: the decision point by the OpenID Authorization API 1.0, for a partner to ask and to be swapped for ours."""
