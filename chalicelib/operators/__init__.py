"""Who may come in to the desk: their passwords and codes are Cognito's, their sessions ours."""
